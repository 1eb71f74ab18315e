/** Who is signed in, whether the line to the hub is up, and what has to be read again. */
import type { Role, SessionView } from '../../api/generated/office';
import { Problem } from '../../host/host';
import { askHub, onHubChanged, type Change } from '../../host/hub';
import type { Watched } from '../../state/watched.svelte';
import { runsOf } from './views';

/** What a role may see. It hides doors; the hub alone decides who gets through them. */
const ROOMS: Record<string, Role[]> = {
  plan: ['dispatcher', 'admin'],
  feed: ['finance', 'admin'],
  access: ['admin'],
};

export class Office {
  session = $state.raw<SessionView | null>(null);
  /** Nothing is drawn before it is known whether somebody is signed in. */
  isKnown = $state(false);
  problem = $state.raw<Problem | null>(null);
  isLineUp = $state(true);
  /** The session ended while a dialog was open: whoever wrote in it signs in on top of it. */
  isExpired = $state(false);
  /** How far back everything on the screen is known to be complete, by the hub's clock. */
  complete_through_ms = $state<number | null>(null);
  #watched = new Map<Watched<unknown>, Change>();
  #pulse: Watched<unknown> = runsOf('');
  #stop: (() => void) | null = null;
  #dialogs = 0;
  // Saves that wait for a new session; `false` says that none came.
  #waiting: ((isSignedIn: boolean) => void)[] = [];

  may(room: keyof typeof ROOMS): boolean {
    const role = this.session?.person.role;
    return role !== undefined && (ROOMS[room]?.includes(role) ?? false);
  }

  async begin(): Promise<void> {
    try {
      this.#enter(await askHub<SessionView>('GET', '/v1/session'));
    } catch (thrown) {
      const problem = Problem.from(thrown);
      this.problem = problem.retry === 'after_sign_in' ? null : problem;
    }
    this.isKnown = true;
  }

  async signIn(login: string, password: string): Promise<void> {
    try {
      this.#enter(await askHub<SessionView>('POST', '/v1/session', { login, password }));
    } catch (thrown) {
      this.problem = Problem.from(thrown);
    }
  }

  async signOut(): Promise<void> {
    try {
      await askHub('DELETE', '/v1/session');
      this.#leave();
    } catch (thrown) {
      this.problem = Problem.from(thrown);
    }
  }

  /** Holds the page while a dialog is open on it; answers how to let go. */
  hold(): () => void {
    this.#dialogs += 1;
    return () => {
      this.#dialogs -= 1;
      if (this.#dialogs === 0 && this.isExpired) this.#leave();
    };
  }

  /** Saves what a dialog asks for; if the session has ended, once more after the next sign-in. */
  async save<Answer>(act: () => Promise<Answer>): Promise<Answer> {
    try {
      return await act();
    } catch (thrown) {
      if (Problem.from(thrown).retry !== 'after_sign_in') throw thrown;
      this.isExpired = true;
      const isSignedIn = await new Promise<boolean>((resolve) => this.#waiting.push(resolve));
      if (!isSignedIn) throw thrown;
      return act();
    }
  }

  /** Goes back to the dialog without signing in: nothing in it is lost, and nothing is saved. */
  giveUpSignIn(): void {
    this.isExpired = false;
    this.problem = null;
    this.#answerWaiting(false);
  }

  /** Reads a view now and whenever the hub says so; answers how to stop. */
  watch<View>(view: Watched<View>, change: Change): () => void {
    const kept = view as Watched<unknown>;
    this.#watched.set(kept, change);
    void this.#read(kept);
    return () => this.#watched.delete(kept);
  }

  #enter(session: SessionView): void {
    this.session = session;
    this.problem = null;
    const wasExpired = this.isExpired;
    this.isExpired = false;
    this.#answerWaiting(true);
    this.#stop?.();
    this.#stop = onHubChanged(
      (change) => this.#reread(change),
      (isUp) => {
        // While the line was down changes may have gone by: everything in sight is read again.
        if (isUp && !this.isLineUp) this.#reread(null);
        this.isLineUp = isUp;
      },
    );
    if (wasExpired) this.#reread(null);
  }

  #leave(): void {
    this.#stop?.();
    this.#stop = null;
    this.session = null;
    this.isExpired = false;
    this.#answerWaiting(false);
    this.problem = null;
    this.complete_through_ms = null;
  }

  #answerWaiting(isSignedIn: boolean): void {
    for (const answer of this.#waiting.splice(0)) answer(isSignedIn);
  }

  #reread(change: Change | null): void {
    for (const [view, on] of this.#watched) if (change === null || change === on) void this.#read(view);
  }

  async #read(view: Watched<unknown>): Promise<void> {
    await view.read();
    if (view.problem?.retry === 'after_sign_in') {
      if (this.#dialogs === 0) this.#leave();
      else this.isExpired = true;
    }
    if (view.problem === null) await this.#takeFreshness(view);
  }

  // One run or one job does not say how fresh the whole is: then the list of runs is asked.
  async #takeFreshness(view: Watched<unknown>): Promise<void> {
    let through = freshness(view);
    if (through === undefined) {
      await this.#pulse.read();
      through = freshness(this.#pulse);
    }
    if (through !== undefined && this.session) this.complete_through_ms = through;
  }
}

function freshness(view: Watched<unknown>): number | undefined {
  return (view.value as { complete_through_ms?: number } | null)?.complete_through_ms;
}

/**
 * What the driver's screens show and ask for. They know this and never the host behind it.
 *
 * A command answers that something is saved; what it changed is read again, never guessed.
 */
import type {
  AddJob,
  CashMethod,
  Channel,
  Commands,
  ContactOutcome,
  JobView,
  LineCount,
  LineOutcome,
  Method,
  NotSignedWhy,
  PhotoCategory,
  PhotoSaved,
  PinAnswer,
  Readiness,
  RescueView,
  RunView,
  ScanView,
  Sign,
  StartView,
  Topic,
  TrustView,
} from '../../api/generated/field';
import { Problem, type Host } from '../../host/host';
import { Watched } from '../../state/watched.svelte';
import { Companions } from './companions.svelte';

type Step = 'load' | 'set_out' | 'return_goods';

export class Phone {
  readonly start: Watched<StartView>;
  readonly trust: Watched<TrustView>;
  run = $state.raw<Watched<RunView> | null>(null);
  job = $state.raw<Watched<JobView> | null>(null);
  /** What finance would say if the goods of the open job were handed over as they are counted now. */
  outlook = $state.raw<Readiness | null>(null);
  /** The newest photo of the open job, while something is advised about it. */
  advised = $state.raw<PhotoSaved | null>(null);
  /** The other orders of the open job's visit, where they are done together with it. */
  readonly companions: Companions = new Companions(this);
  /** What the last command ran into, until the next one. */
  refused = $state.raw<Problem | null>(null);
  /** The office is being spoken to because somebody asked for it. No tap ever waits for that. */
  isSending = $state(false);
  /** The file with everything that only this phone has, once it was asked for. */
  rescueFile = $state.raw<RescueView | null>(null);
  #host: Host;
  #taps = $state(0);
  // Writings go one behind the other, each from the job that was open when it was asked for.
  #last: Promise<unknown> = Promise.resolve();
  // Drafts have a row of their own: a stroke must not wait for a photo, nor be overtaken by an older one.
  #drafts: Promise<unknown> = Promise.resolve();
  #sheets = $state(0);
  #watched = new Set<Watched<unknown>>();
  #run_id = '';
  #job_id = '';

  constructor(host: Host) {
    this.#host = host;
    this.start = new Watched(() => host.call('start', {}));
    this.trust = new Watched(() => host.call('trust', {}));
    host.onChanged((topic) => this.#reread(topic));
  }

  /** A tap is being written down right now. It takes milliseconds, but a second one must wait. */
  get isWriting(): boolean {
    return this.#taps > 0;
  }

  /** What was refused, where no sheet is open that says so itself. */
  get refusedOnPage(): Problem | null {
    return this.#sheets === 0 ? this.refused : null;
  }

  /** A sheet begins with a clean slate, and takes what was refused in it with it; answers how to close it. */
  openSheet(): () => void {
    this.refused = null;
    this.#sheets += 1;
    return () => {
      this.refused = null;
      this.#sheets -= 1;
    };
  }

  async begin(): Promise<void> {
    await this.start.read();
    if (this.start.value) this.trust.put(this.start.value.trust);
  }

  /** Reads a view now and whenever something it may show has changed; answers how to stop. */
  watch(view: Watched<unknown>): () => void {
    this.#watched.add(view);
    void view.read();
    return () => this.#watched.delete(view);
  }

  openRun(run_id: string): void {
    if (this.run && this.#run_id === run_id) return;
    this.#run_id = run_id;
    this.run = new Watched(() => this.#host.call('run', { run_id }));
    void this.run.read();
  }

  openJob(run_id: string, job_id: string): void {
    this.openRun(run_id);
    if (this.job && this.#job_id === job_id) return;
    this.#job_id = job_id;
    this.refused = null;
    this.outlook = null;
    this.advised = null;
    this.companions.clear();
    this.job = new Watched(() => this.#host.call('job', { run_id, job_id }));
    void this.job.read();
  }

  async readOutlook(lines: LineOutcome[], method: Method): Promise<void> {
    const here = this.#here();
    try {
      const outlook = await this.#host.call('outlook', { ...here, lines, method });
      if (here.job_id === this.#job_id) this.outlook = outlook;
    } catch (thrown) {
      this.refused = Problem.from(thrown);
    }
  }

  blobUrl(hash: string): string {
    return this.#host.blobUrl(hash);
  }

  async enrol(link: string, device_name: string): Promise<boolean> {
    const start = await this.write('enrol', { link, device_name });
    if (start === null) return false;
    this.start.put(start);
    this.trust.put(start.trust);
    return true;
  }

  async step(step: Step): Promise<boolean> {
    return this.#record(step, this.#here());
  }

  /** Arrives for every order of the visit that nobody has arrived for yet. */
  async arrive(): Promise<boolean> {
    const { run_id } = this.#here();
    const open = this.job?.value ? [this.job.value, ...this.companions.jobs] : [];
    const [job_id, ...together] = open.filter((job) => job.steps.includes('arrive')).map((job) => job.job_id);
    return this.#record('arrive', job_id === undefined ? this.#here() : { run_id, job_id, together });
  }

  /** Photos wait for one another and hold up no tap; a tap made meanwhile is written right after them. */
  async addPhoto(picture: Blob, category: PhotoCategory, instead_of?: string): Promise<boolean> {
    return this.addPhotoOf(this.#here(), picture, category, instead_of);
  }

  /** The same for a job that need not be the open one. */
  async addPhotoOf(
    here: { run_id: string; job_id: string },
    picture: Blob,
    category: PhotoCategory,
    instead_of?: string,
    item_id?: string,
  ): Promise<boolean> {
    this.advised = null;
    return this.#queue(async () => {
      const shot = await this.#host.takePhoto(picture);
      const saved = await this.#host.call('add_photo', { ...here, category, shot, instead_of, item_id });
      if (here.job_id === this.#job_id) this.advised = saved.advice?.length ? saved : null;
      await this.#rereadJob();
    });
  }

  /** Has a code checked against the goods of the open job. */
  async scan(code: string, is_typed: boolean): Promise<ScanView | null> {
    const seen = await this.write('scan', { ...this.#here(), code, quantity: 1, is_typed });
    if (seen !== null) await this.#rereadJob();
    return seen;
  }

  async sign(signed: Omit<Sign, 'run_id' | 'job_id' | 'together'>): Promise<boolean> {
    const together = this.companions.withLines;
    if (!(await this.#record('sign', { ...this.#here(), ...signed, together }))) return false;
    await this.start.read();
    return true;
  }

  async notSign(why: NotSignedWhy, name: string, note: string): Promise<boolean> {
    return this.#record('not_sign', { ...this.#here(), why, name, note, together: this.companions.ids });
  }

  /** Gives the phone into the customer's hand: from now on it lets them sign and nothing else. */
  async handOver(): Promise<boolean> {
    const handed = { ...this.#here(), together: this.companions.ids };
    if ((await this.write('hand_over', handed)) === null) return false;
    await this.start.read();
    return true;
  }

  /** The driver takes it back. */
  async takeBack(code: string): Promise<boolean> {
    if ((await this.write('take_back', { code })) === null) return false;
    await Promise.all([this.start.read(), this.#rereadJob()]);
    return true;
  }

  async chooseCode(fresh: string): Promise<boolean> {
    if ((await this.write('choose_code', { new: fresh })) === null) return false;
    await this.start.read();
    return true;
  }

  /** Signs out: nothing more is shown, and what is only here goes on being sent. */
  async signOut(): Promise<void> {
    const trust = await this.write('sign_out', {});
    if (trust === null) return;
    this.trust.put(trust);
    await this.start.read();
  }

  async signIn(code: string): Promise<void> {
    if ((await this.write('sign_in', { code })) === null) return;
    await this.begin();
    await this.#rereadJob();
  }

  /** The driver has read what the office changed in the open job. */
  async seeChange(): Promise<boolean> {
    return this.#record('see_change', this.#here());
  }

  async deliver(lines: LineOutcome[], method: Method): Promise<boolean> {
    return this.#record('deliver', { ...this.#here(), lines, method, together: this.companions.ready });
  }

  async count(lines: LineCount[]): Promise<boolean> {
    return this.#record('count', { ...this.#here(), lines });
  }

  async reattempt(reason: string): Promise<boolean> {
    return this.#record('reattempt', { ...this.#here(), reason });
  }

  async writeSiteNote(text: string): Promise<boolean> {
    return this.#record('write_site_note', { ...this.#here(), text });
  }

  async proposePin(): Promise<boolean> {
    return this.#record('propose_pin', this.#here());
  }

  /** Adds a job to the open run; answers which, or nothing if it was refused. */
  async addJob(job: Omit<AddJob, 'run_id'>): Promise<string | null> {
    const added = await this.write('add_job', { run_id: this.#run_id, ...job });
    if (added === null) return null;
    await this.run?.read();
    return added.job_id;
  }

  async fail(reason: string, note: string, anyway?: string): Promise<boolean> {
    return this.#record('fail', { ...this.#here(), reason, note, anyway });
  }

  async contact(channel: Channel, outcome: ContactOutcome): Promise<boolean> {
    return this.#record('contact', { ...this.#here(), channel, outcome });
  }

  async takeCash(minor: number, method: CashMethod, reason: string): Promise<boolean> {
    return this.#record('take_cash', { ...this.#here(), minor, method, reason });
  }

  async checkPin(pin: string): Promise<PinAnswer | null> {
    const answer = await this.write('check_pin', { ...this.#here(), pin });
    if (answer !== null) await this.#rereadJob();
    return answer;
  }

  async waivePin(reason: string): Promise<boolean> {
    return this.#record('waive_pin', { ...this.#here(), reason });
  }

  async checkAge(is_old_enough: boolean): Promise<boolean> {
    return this.#record('check_age', { ...this.#here(), is_old_enough });
  }

  async undo(fact_id: string, reason: string): Promise<boolean> {
    return this.#record('undo', { ...this.#here(), fact_id, reason });
  }

  /** Keeps half-written input where a kill cannot reach it. */
  async saveDraft(draft: string | null): Promise<void> {
    return this.saveDraftOf(this.#here(), draft);
  }

  /** The same for a job that need not be the open one. */
  async saveDraftOf({ run_id, job_id }: { run_id: string; job_id: string }, draft: string | null): Promise<void> {
    const saved = this.#drafts.then(() => this.#host.call('save_draft', { run_id, job_id, draft }));
    this.#drafts = saved.catch((thrown: unknown) => (this.refused = Problem.from(thrown)));
    await this.#drafts;
  }

  async moveJob(job_id: string, behind: string | null): Promise<boolean> {
    const run = await this.write('move_job', { run_id: this.#run_id, job_id, behind });
    if (run === null) return false;
    this.run?.put(run);
    return true;
  }

  /** Writes what no receipt has named into a file for the office. */
  async rescue(): Promise<void> {
    this.rescueFile = await this.write('rescue', {});
  }

  async syncNow(): Promise<void> {
    if (this.isSending) return;
    this.isSending = true;
    this.refused = null;
    try {
      this.trust.put(await this.#host.call('sync_now', {}));
    } catch (thrown) {
      this.refused = Problem.from(thrown);
    } finally {
      this.isSending = false;
    }
  }

  #here(): { run_id: string; job_id: string } {
    return { run_id: this.#run_id, job_id: this.#job_id };
  }

  async #record<Name extends keyof Commands>(command: Name, args: Commands[Name]['args']): Promise<boolean> {
    const saved = await this.write(command, args);
    if (saved === null) return false;
    await this.#rereadJob();
    return true;
  }

  /** Asks for something that records nothing. */
  read<Name extends keyof Commands>(command: Name, args: Commands[Name]['args']): Promise<Commands[Name]['answer']> {
    return this.#host.call(command, args);
  }

  /** Has something written down, behind whatever is being written; answers nothing if it was refused. */
  async write<Name extends keyof Commands>(
    command: Name,
    args: Commands[Name]['args'],
  ): Promise<Commands[Name]['answer'] | null> {
    let answer: Commands[Name]['answer'] | null = null;
    this.#taps += 1;
    const isDone = await this.#queue(async () => {
      answer = await this.#host.call(command, args);
    });
    this.#taps -= 1;
    return isDone ? answer : null;
  }

  // A refusal is cleared by the next thing asked for, not by the next in the queue: it must be seen.
  #queue(act: () => Promise<void>): Promise<boolean> {
    this.refused = null;
    const done = Promise.all([this.#last, this.#drafts]).then(act).then(
      () => true,
      (thrown: unknown) => {
        this.refused = Problem.from(thrown);
        return false;
      },
    );
    this.#last = done;
    return done;
  }

  async #rereadJob(): Promise<void> {
    await Promise.all([this.job?.read(), this.run?.read()]);
  }

  #reread(topic: Topic): void {
    const readers = {
      start: () => this.begin(),
      run: () => this.run?.read(),
      job: () => this.job?.read(),
      trust: () => this.trust.read(),
    };
    void readers[topic]?.();
    this.#watched.forEach((view) => void view.read());
  }
}

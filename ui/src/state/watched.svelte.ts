/** A view of the truth that is read again whenever somebody says it has changed. */
import { Problem } from '../host/host';

export class Watched<View> {
  /** The newest answer. It stays on the screen while the next one is read, and if that fails. */
  value = $state.raw<View | null>(null);
  /** Why the last reading failed; `null` as soon as one succeeds. */
  problem = $state.raw<Problem | null>(null);
  #ask: () => Promise<View>;
  #turn = 0;

  constructor(ask: () => Promise<View>) {
    this.#ask = ask;
  }

  async read(): Promise<void> {
    this.#turn += 1;
    const turn = this.#turn;
    try {
      const value = await this.#ask();
      // An answer that was overtaken by a later question is older than what is shown.
      if (turn === this.#turn) this.put(value);
    } catch (thrown) {
      if (turn === this.#turn) this.problem = Problem.from(thrown);
    }
  }

  /** Takes an answer that came by another way. */
  put(value: View): void {
    this.value = value;
    this.problem = null;
  }
}

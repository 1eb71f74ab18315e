/** What the dock's screen shows and asks for. */
import type { Commands, LoadDifference, LoadJob, LoadLine, LoadView, Role, ScanView, Strokes } from '../../api/generated/field';
import { Watched } from '../../state/watched.svelte';
import { tellScan } from './feedback';
import type { Phone } from './phone.svelte';

export interface OpenLine {
  job: LoadJob;
  line: LoadLine;
}

export class Dock {
  readonly view: Watched<LoadView>;
  /** The last scan, until the next. */
  last = $state.raw<ScanView | null>(null);
  #phone: Phone;
  #run_id: string;

  constructor(phone: Phone, run_id: string) {
    this.#phone = phone;
    this.#run_id = run_id;
    this.view = new Watched(() => phone.read('dock', { run_id }));
  }

  async scan(code: string, by_hand: string | null): Promise<void> {
    const seen = await this.#phone.write('scan_aboard', { run_id: this.#run_id, code, by_hand });
    if (seen === null) return;
    this.last = seen;
    tellScan(seen.outcome);
    await this.view.read();
  }

  /** Takes the last scan back. */
  async undoLast(): Promise<void> {
    const { fact_id, job_id } = this.last ?? {};
    if (!fact_id || !job_id) return;
    if (await this.#record('undo', { job_id, fact_id, reason: 'by_mistake' })) this.last = null;
  }

  putByHand({ job, line }: OpenLine, quantity: number, why: string): Promise<boolean> {
    return this.#record('put_by_hand', { job_id: job.job_id, item_id: line.item_id, quantity, why });
  }

  differ({ job, line }: OpenLine, difference: LoadDifference, quantity: number, note: string): Promise<boolean> {
    return this.#record('differ', { job_id: job.job_id, item_id: line.item_id, difference, quantity, note });
  }

  photograph({ job }: OpenLine, picture: Blob): Promise<boolean> {
    return this.#phone.addPhotoOf({ run_id: this.#run_id, job_id: job.job_id }, picture, 'damage');
  }

  seal(manifest: string, seal: string, name: string, role: Role, strokes: Strokes): Promise<boolean> {
    return this.#record('seal_load', { manifest, seal, name, role, strokes });
  }

  depart(reason: string): Promise<boolean> {
    return this.#record('depart', { reason });
  }

  async #record<Name extends 'undo' | 'put_by_hand' | 'differ' | 'seal_load' | 'depart'>(
    command: Name,
    args: Omit<Commands[Name]['args'], 'run_id'>,
  ): Promise<boolean> {
    const whole = { run_id: this.#run_id, ...args } as Commands[Name]['args'];
    const saved = await this.#phone.write(command, whole);
    if (saved !== null) await this.view.read();
    return saved !== null;
  }
}

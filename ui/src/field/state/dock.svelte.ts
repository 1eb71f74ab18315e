/** What the dock's screen shows and asks for. */
import type { Commands, LoadDifference, LoadJob, LoadLine, LoadView, Role, Saved, ScanView, Strokes } from '../../api/generated/field';
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

  /** Takes the last scan back. It is gone at once, so that a second tap finds nothing to take back. */
  async undoLast(): Promise<void> {
    const last = this.last;
    if (!last?.fact_id || !last.job_id) return;
    this.last = null;
    const { fact_id, job_id } = last;
    if ((await this.#record('undo', { job_id, fact_id, reason: 'by_mistake' })) === null) this.last ??= last;
  }

  /** What was put by hand stands where a scan would, and is taken back like one. */
  async putByHand({ job, line }: OpenLine, quantity: number, why: string): Promise<boolean> {
    const { job_id, order, customer } = job;
    const { item_id, code, text } = line;
    const saved = await this.#record('put_by_hand', { job_id, item_id, quantity, why });
    if (saved === null) return false;
    const lines = this.view.value?.jobs.find((each) => each.job_id === job_id)?.lines;
    const have = lines?.find((each) => each.item_id === item_id)?.aboard ?? line.aboard + quantity;
    const { fact_id } = saved;
    this.last = { outcome: 'taken', code, fact_id, job_id, item_id, order, customer, text, vehicle: '', have, quantity: line.quantity };
    return true;
  }

  async differ({ job, line }: OpenLine, difference: LoadDifference, quantity: number, note: string): Promise<boolean> {
    return (await this.#record('differ', { job_id: job.job_id, item_id: line.item_id, difference, quantity, note })) !== null;
  }

  photograph({ job }: OpenLine, picture: Blob): Promise<boolean> {
    return this.#phone.addPhotoOf({ run_id: this.#run_id, job_id: job.job_id }, picture, 'damage');
  }

  async seal(manifest: string, seal: string, name: string, role: Role, strokes: Strokes): Promise<boolean> {
    return (await this.#record('seal_load', { manifest, seal, name, role, strokes })) !== null;
  }

  async depart(reason: string): Promise<boolean> {
    return (await this.#record('depart', { reason })) !== null;
  }

  async #record<Name extends 'undo' | 'put_by_hand' | 'differ' | 'seal_load' | 'depart'>(
    command: Name,
    args: Omit<Commands[Name]['args'], 'run_id'>,
  ): Promise<Saved | null> {
    const whole = { run_id: this.#run_id, ...args } as Commands[Name]['args'];
    const saved = await this.#phone.write(command, whole);
    if (saved !== null) await this.view.read();
    return saved;
  }
}

/**
 * The other orders of the open job's visit: what they hold, and whether they go along with it.
 *
 * They are read whole, because each keeps its own lines, its own proof and its own verdict.
 */
import type { Companion, JobView, Method, Readiness } from '../../api/generated/field';
import type { Phone } from './phone.svelte';
import { goesAlong, linesOfJob, type Other } from './together';
import { differing } from './lines';

export class Companions {
  /** In the order of the run; empty where the job is done by itself. */
  orders = $state.raw<Other[]>([]);
  /** Not all of them have been read yet: what is asked for all must wait. */
  isReading = $state(false);
  #phone: Phone;
  #asked = 0;

  constructor(phone: Phone) {
    this.#phone = phone;
  }

  get ids(): string[] {
    return this.orders.map((each) => each.job.job_id);
  }

  get jobs(): JobView[] {
    return this.orders.map((each) => each.job);
  }

  /** Each with the lines that are not handed over whole. */
  get withLines(): Companion[] {
    return this.orders.map(({ job, lines }) => ({ job_id: job.job_id, lines: differing(lines) }));
  }

  /** Those that can be handed over now; what another needs of its own holds up nothing but itself. */
  get ready(): Companion[] {
    const ready = new Set(this.orders.filter((each) => each.isReady).map((each) => each.job.job_id));
    return this.withLines.filter((each) => ready.has(each.job_id));
  }

  clear(): void {
    this.#asked += 1;
    this.orders = [];
    this.isReading = false;
  }

  /** Reads them anew; with a way of handing over also what finance would say to each. */
  async read(run_id: string, job_ids: string[], method: Method | null): Promise<void> {
    this.#asked += 1;
    const asked = this.#asked;
    if (job_ids.length === 0) return this.clear();
    this.isReading = true;
    const read = await Promise.allSettled(job_ids.map((job_id) => this.#order(run_id, job_id, method)));
    if (asked !== this.#asked) return;
    // One that has left the phone meanwhile is no longer one of them.
    this.orders = read.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    this.isReading = false;
  }

  async #order(run_id: string, job_id: string, method: Method | null): Promise<Other> {
    const job = await this.#phone.read('job', { run_id, job_id });
    const lines = linesOfJob(job);
    let outlook: Readiness | null = null;
    if (method !== null && job.steps.includes('deliver')) {
      outlook = await this.#phone.read('outlook', { run_id, job_id, lines: differing(lines), method });
    }
    return { job, lines, outlook, isReady: goesAlong(job, lines, outlook) };
  }
}

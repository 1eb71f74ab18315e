/** What the jobs of a run carry. The list of a run does not say it, so it is read once somebody searches. */
import type { JobId, JobRow, JobView } from '../../api/generated/field';
import type { Phone } from './phone.svelte';

/** So many are read before the screen hears of them: often enough to help, seldom enough to stay quick. */
const SHOWN_EVERY = 20;

export class RunGoods {
  jobs = $state.raw<ReadonlyMap<JobId, JobView>>(new Map());
  #phone: Phone;
  #run_id: string;
  #reading: Promise<void> = Promise.resolve();

  constructor(phone: Phone, run_id: string) {
    this.#phone = phone;
    this.#run_id = run_id;
  }

  /** Reads what is not known yet, one after another, so that a tap never waits for more than one. */
  learn(rows: JobRow[]): Promise<void> {
    this.#reading = this.#reading.then(() => this.#read(rows));
    return this.#reading;
  }

  async #read(rows: JobRow[]): Promise<void> {
    const read = new Map(this.jobs);
    for (const { job_id } of rows.filter((row) => !read.has(row.job_id))) {
      try {
        read.set(job_id, await this.#phone.read('job', { run_id: this.#run_id, job_id }));
      } catch {
        // It may have left the phone meanwhile: then it is not found by its goods, and soon not listed.
        continue;
      }
      if (read.size % SHOWN_EVERY === 0) this.jobs = new Map(read);
    }
    if (read.size > this.jobs.size) this.jobs = read;
  }
}

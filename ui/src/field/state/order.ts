/** The order of a run, as its list shows it and as a job is moved within it. */
import type { JobRow } from '../../api/generated/field';

const OUTCOMES = ['delivered', 'delivered_in_part', 'failed', 'returned'];

/** Says whether nothing is left to do: the visit is over, or the office took the job away. */
export function isOver(job: JobRow): boolean {
  return OUTCOMES.includes(job.status) || job.standing !== 'planned';
}

/**
 * Behind which job a job has to be put to come one place earlier (-1) or later (1) among those that
 * are still to be done. `null` is the front of the run; `undefined` means that it cannot go further.
 */
export function placeBehind(jobs: JobRow[], job_id: string, way: -1 | 1): string | null | undefined {
  const open = jobs.filter((job) => !isOver(job));
  const at = open.findIndex((job) => job.job_id === job_id);
  const neighbour = open[at + way];
  if (at < 0 || neighbour === undefined) return undefined;
  if (way === 1) return neighbour.job_id;
  const inRun = jobs.indexOf(neighbour);
  return jobs[inRun - 1]?.job_id ?? null;
}

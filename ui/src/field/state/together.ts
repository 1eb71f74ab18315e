/** Several orders of one customer at one place, done together: each with its own proof and its own outcome. */
import type { JobRow, JobView, LineOutcome, Method, Readiness } from '../../api/generated/field';
import { isCashOpen, isOpen, nextAct, type NextAct } from './doorstep';
import { readDraft } from './draft';
import { linesOf, unitsHandedOver } from './lines';

/** Another order of the open job's visit. */
export interface Other {
  job: JobView;
  lines: LineOutcome[];
  /** What finance would say to it, once there is something to hand over. */
  outlook: Readiness | null;
  /** It needs nothing of its own and is handed over with the others. */
  isReady: boolean;
}

/** The lines of an order as its own draft has them. */
export function linesOfJob(job: JobView): LineOutcome[] {
  return linesOf(job.items, readDraft(job.draft).lines);
}

/** Whether an order can be handed over without having been looked at by itself. The engine asks the same. */
export function goesAlong(job: JobView, lines: LineOutcome[], outlook: Readiness | null): boolean {
  if (outlook === null || unitsHandedOver(lines) === 0 || isCashOpen(job)) return false;
  return !outlook.reasons.some((reason) => reason.code === 'proof_missing');
}

/** What the big button does for all of them. What one of them needs of its own is left to itself. */
export function nextActOfAll(job: JobView, others: JobView[], method: Method): NextAct {
  const own = nextAct(job, method);
  if (!isOpen(job)) return own;
  if (others.some((each) => each.steps.includes('arrive'))) return 'arrive';
  const areUnsigned = others.some((each) => nextAct(each, method) === 'sign');
  return areUnsigned && ['photo', 'cash', 'deliver'].includes(own) ? 'sign' : own;
}

/** Jobs of one visit as one, where the first of them stands. */
export function groupVisits(jobs: JobRow[]): [JobRow, ...JobRow[]][] {
  const groups = new Map<string, [JobRow, ...JobRow[]]>();
  for (const job of jobs) {
    const key = job.visit ?? job.job_id;
    const group = groups.get(key);
    if (group) group.push(job);
    else groups.set(key, [job]);
  }
  return [...groups.values()];
}

/** What a driver at the door should do next. */
import type { JobView, Method, Need, ProofKind, ProofView } from '../../api/generated/field';

/** What the big button does. */
export type NextAct = 'arrive' | 'age' | 'pin' | 'cash' | 'sign' | 'photo' | 'deliver' | 'none';

/** The proof that is asked for where the goods go like this. */
export function proofOf(job: JobView, method: Method): ProofView[] {
  return job.methods.find((each) => each.method === method)?.proof ?? job.proof;
}

/** The kinds of proof that are wanted at least so much and not there. */
export function missingProof(job: JobView, needs: Need[], method: Method): ProofKind[] {
  return proofOf(job, method).filter((each) => needs.includes(each.need) && !each.has).map((each) => each.proof);
}

/** A job that the office took away while the driver stood at the door can still be ended there. */
export function isLate(job: JobView): boolean {
  return job.standing !== 'planned' && job.outcome === null && job.steps.includes('deliver');
}

/** Whether anything of the visit can still be recorded. */
export function isOpen(job: JobView): boolean {
  return job.outcome === null && (job.standing === 'planned' || isLate(job));
}

/** Whether money is due of which nobody has said anything. */
export function isCashOpen(job: JobView): boolean {
  return job.cash != null && job.cash.due.minor > 0 && job.cash.taken.length === 0;
}

export function nextAct(job: JobView, method: Method): NextAct {
  if (!isOpen(job)) return 'none';
  if (job.steps.includes('deliver')) {
    const isUnsigned = job.not_signed !== null;
    const missing = missingProof(job, ['required', 'warn'], method).filter((proof) => !isUnsigned || proof !== 'signature');
    // Who it is comes before what they sign, and money last: it is the one thing to be handed back.
    if (missing.includes('age')) return 'age';
    if (missing.includes('pin')) return 'pin';
    if (missing.includes('signature') || missing.includes('name')) return 'sign';
    if (missing.includes('photo')) return 'photo';
    return isCashOpen(job) ? 'cash' : 'deliver';
  }
  return job.steps.includes('arrive') ? 'arrive' : 'none';
}

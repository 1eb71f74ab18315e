/** What a driver at the door should do next, and what finance would say if it were done now. */
import type {
  JobView,
  LineOutcome,
  Need,
  ProofKind,
  Readiness,
  ReadinessReason,
} from '../../api/generated/field';
import { differing, SHORTFALLS } from './lines';

/** What the big button does. */
export type NextAct = 'arrive' | 'sign' | 'photo' | 'deliver' | 'none';

/** The kinds of proof that are wanted at least so much and not there. */
export function missingProof(job: JobView, needs: Need[]): ProofKind[] {
  return job.proof.filter((each) => needs.includes(each.need) && !each.has).map((each) => each.proof);
}

export function nextAct(job: JobView): NextAct {
  if (job.outcome !== null || job.standing !== 'planned') return 'none';
  if (job.steps.includes('deliver')) {
    const missing = missingProof(job, ['required', 'warn']);
    if (missing.includes('signature') || missing.includes('name')) return 'sign';
    return missing.includes('photo') ? 'photo' : 'deliver';
  }
  return job.steps.includes('arrive') ? 'arrive' : 'none';
}

/**
 * The verdict if the goods were handed over now.
 *
 * The engine judges the job as it stands, which before an outcome is only "not done yet". This looks
 * one tap ahead, with the rules that the job itself carries.
 */
export function outlook(job: JobView, lines: LineOutcome[]): Readiness {
  if (job.outcome !== null) return job.readiness;
  const missing: ReadinessReason[] = missingProof(job, ['required']).map((proof) => ({ code: 'proof_missing', proof }));
  const known = job.readiness.reasons.filter((each) => each.code !== 'not_done' && each.code !== 'proof_missing');
  if (missing.length > 0) return { verdict: 'blocked', reasons: [...missing, ...known] };
  if (known.length > 0) return { verdict: job.readiness.verdict, reasons: known };
  const different: ReadinessReason[] = SHORTFALLS.map((code) => ({
    code,
    count: differing(lines).reduce((sum, line) => sum + line[code], 0),
  })).filter((each) => each.count > 0);
  return { verdict: different.length > 0 ? 'ready_with_difference' : 'ready', reasons: different };
}

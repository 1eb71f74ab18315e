/** What of a driver's work is not yet safe at the office. */
import type { TrustView } from '../../api/generated/field';

export type Waiting = 'jobs' | 'blobs' | 'facts' | 'attention' | 'none';

/** The weightiest thing that is still to go; `none` only if truly all of it has arrived. */
export function waiting(trust: TrustView): Waiting {
  if (trust.jobs_on_phone > 0) return 'jobs';
  if (trust.blobs_waiting > 0) return 'blobs';
  if (trust.facts_waiting > 0) return 'facts';
  return trust.attention > 0 ? 'attention' : 'none';
}

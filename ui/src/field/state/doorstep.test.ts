import { describe, expect, it } from 'vitest';
import type { JobView, ProofView } from '../../api/generated/field';
import { nextAct, outlook } from './doorstep';

function job(more: Partial<JobView>): JobView {
  const readiness = { verdict: 'blocked', reasons: [{ code: 'not_done' }] };
  return { standing: 'planned', outcome: null, steps: ['deliver', 'fail'], proof: [], readiness, ...more } as JobView;
}

const proof = (has: boolean): ProofView[] => [
  { proof: 'photo', need: 'optional', has: false },
  { proof: 'signature', need: 'required', has },
];

describe('the big button', () => {
  it('leads from arrival over the signature to the delivery', () => {
    expect(nextAct(job({ steps: ['arrive', 'fail'], proof: proof(false) }))).toBe('arrive');
    expect(nextAct(job({ proof: proof(false) }))).toBe('sign');
    expect(nextAct(job({ proof: proof(true) }))).toBe('deliver');
  });

  it('asks for a photo that should be there, and not for one that may be', () => {
    expect(nextAct(job({ proof: [{ proof: 'photo', need: 'warn', has: false }] }))).toBe('photo');
    expect(nextAct(job({ proof: [{ proof: 'photo', need: 'optional', has: false }] }))).toBe('deliver');
  });

  it('offers nothing for a job that the office took away', () => {
    expect(nextAct(job({ standing: 'cancelled', proof: proof(true) }))).toBe('none');
  });
});

describe('the outlook at the door', () => {
  it('is blocked by required proof that is missing, and by nothing else', () => {
    const blocked = outlook(job({ proof: proof(false) }), []);
    expect(blocked).toEqual({ verdict: 'blocked', reasons: [{ code: 'proof_missing', proof: 'signature' }] });
    expect(outlook(job({ proof: proof(true) }), [])).toEqual({ verdict: 'ready', reasons: [] });
  });

  it('counts what is not handed over', () => {
    const lines = [{ item_id: 'i1', delivered: 3, refused: 2, damaged: 0, missing: 0 }];
    const seen = outlook(job({ proof: proof(true) }), lines);
    expect(seen).toEqual({ verdict: 'ready_with_difference', reasons: [{ code: 'refused', count: 2 }] });
  });

  it('is the engine’s own word once there is an outcome', () => {
    const readiness = { verdict: 'ready' as const, reasons: [] };
    const outcome = { fact_id: 'f', status: 'delivered' as const, at: 1, reason: '' };
    expect(outlook(job({ outcome, readiness, proof: proof(false) }), [])).toBe(readiness);
  });
});

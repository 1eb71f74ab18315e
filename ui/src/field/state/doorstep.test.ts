import { describe, expect, it } from 'vitest';
import type { JobView, ProofView } from '../../api/generated/field';
import { isLate, isOpen, nextAct } from './doorstep';

function job(more: Partial<JobView>): JobView {
  const readiness = { verdict: 'blocked', reasons: [{ code: 'not_done' }] };
  return { standing: 'planned', outcome: null, not_signed: null, steps: ['deliver', 'fail'], proof: [], methods: [], readiness, ...more } as JobView;
}

const proof = (has: boolean): ProofView[] => [
  { proof: 'photo', need: 'optional', has: false },
  { proof: 'signature', need: 'required', has },
];

describe('the big button', () => {
  it('leads from arrival over the signature to the delivery', () => {
    expect(nextAct(job({ steps: ['arrive', 'fail'], proof: proof(false) }), 'recipient')).toBe('arrive');
    expect(nextAct(job({ proof: proof(false) }), 'recipient')).toBe('sign');
    expect(nextAct(job({ proof: proof(true) }), 'recipient')).toBe('deliver');
  });

  it('asks for a photo that should be there, and not for one that may be', () => {
    expect(nextAct(job({ proof: [{ proof: 'photo', need: 'warn', has: false }] }), 'recipient')).toBe('photo');
    expect(nextAct(job({ proof: [{ proof: 'photo', need: 'optional', has: false }] }), 'recipient')).toBe('deliver');
  });

  it('asks for what the way of handing over needs', () => {
    const left: ProofView[] = [{ proof: 'photo', need: 'required', has: false }];
    const methods = [{ method: 'safe_place' as const, proof: left }];
    expect(nextAct(job({ proof: proof(false), methods }), 'safe_place')).toBe('photo');
    expect(nextAct(job({ proof: proof(false), methods }), 'recipient')).toBe('sign');
  });

  it('offers nothing for a job that the office took away', () => {
    const taken = job({ standing: 'cancelled', steps: [], proof: proof(true) });
    expect([nextAct(taken, 'recipient'), isOpen(taken)]).toEqual(['none', false]);
  });

  it('still delivers what the office took away while the driver stood at the door', () => {
    const late = job({ standing: 'cancelled', proof: proof(true) });
    expect([nextAct(late, 'recipient'), isLate(late), isOpen(late)]).toEqual(['deliver', true, true]);
  });
});

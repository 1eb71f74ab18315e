import { describe, expect, it } from 'vitest';
import type { ItemView, JobRow, JobView, Readiness } from '../../api/generated/field';
import { goesAlong, groupVisits, nextActOfAll } from './together';
import { wholeLine } from './lines';

const item = { item_id: 'i1', quantity: 3, loaded: 3 } as ItemView;
const whole = [wholeLine(item)];
const ready: Readiness = { verdict: 'ready', reasons: [] };

function job(more: Partial<JobView> = {}): JobView {
  const base = { outcome: null, standing: 'planned', steps: ['deliver'], methods: [], proof: [], not_signed: null, cash: null };
  return { ...base, ...more } as unknown as JobView;
}

const wants = (proof: string, has = false) => ({ proof: [{ proof, need: 'required', has }] }) as unknown as Partial<JobView>;

describe('an order of a visit', () => {
  it('goes along only if it needs nothing of its own', () => {
    expect(goesAlong(job(), whole, ready)).toBe(true);
    expect(goesAlong(job(), whole, null), 'nobody has asked yet').toBe(false);
    const blocked: Readiness = { verdict: 'blocked', reasons: [{ code: 'proof_missing', proof: 'pin' }] };
    expect(goesAlong(job(), whole, blocked)).toBe(false);
    const none = [{ ...whole[0]!, delivered: 0, refused: 3 }];
    expect(goesAlong(job(), none, ready), 'nothing is handed over').toBe(false);
    const due = { due: { minor: 100, currency: 'GBP' }, taken: [], taken_minor: 0 } as unknown as JobView['cash'];
    expect(goesAlong(job({ cash: due }), whole, ready)).toBe(false);
  });

  it('is arrived at and signed for with the others, and asks for its own PIN by itself', () => {
    const all = (own: JobView, other: JobView) => nextActOfAll(own, [other], 'recipient');
    expect(all(job(), job({ steps: ['arrive'] }))).toBe('arrive');
    expect(all(job(), job(wants('signature')))).toBe('sign');
    expect(all(job(), job(wants('signature', true)))).toBe('deliver');
    expect(all(job(), job(wants('pin')))).toBe('deliver');
    expect(all(job(wants('pin')), job(wants('signature')))).toBe('pin');
    const over = { outcome: {} } as unknown as Partial<JobView>;
    expect(all(job(over), job({ steps: ['arrive'] }))).toBe('none');
  });
});

describe('the list of a run', () => {
  it('shows a visit as one, where its first order stands', () => {
    const row = (job_id: string, visit: string | null = null) => ({ job_id, visit }) as JobRow;
    const rows = [row('A'), row('B', 'B'), row('C'), row('D', 'B')];
    const ids = groupVisits(rows).map((group) => group.map((each) => each.job_id));
    expect(ids).toEqual([['A'], ['B', 'D'], ['C']]);
  });
});

import { describe, expect, it } from 'vitest';
import type { JobRow } from '../../api/generated/field';
import { placeBehind } from './order';

function row(job_id: string, more: Partial<JobRow> = {}): JobRow {
  return { job_id, status: 'planned', standing: 'planned', ...more } as JobRow;
}

const jobs = [row('A', { status: 'delivered' }), row('B'), row('C', { standing: 'cancelled' }), row('D'), row('E')];

describe('moving a job', () => {
  it('passes over jobs that are done or cancelled', () => {
    expect(placeBehind(jobs, 'B', 1)).toBe('D');
    expect(placeBehind(jobs, 'D', -1)).toBe('A');
    expect(placeBehind(jobs, 'E', -1)).toBe('C');
  });

  it('puts a job before the first by naming nobody', () => {
    expect(placeBehind([row('A'), row('B')], 'B', -1)).toBeNull();
  });

  it('stops at both ends', () => {
    expect(placeBehind(jobs, 'B', -1)).toBeUndefined();
    expect(placeBehind(jobs, 'E', 1)).toBeUndefined();
    expect(placeBehind(jobs, 'A', 1)).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import type { TrustView } from '../../api/generated/field';
import { waiting } from './trust';

const safe = { jobs_on_phone: 0, jobs_at_office: 3, facts_waiting: 0, blobs_waiting: 0, attention: 0 } as TrustView;

describe('what waits', () => {
  it('is nothing only when all of it is at the office', () => {
    expect(waiting(safe)).toBe('none');
    expect(waiting({ ...safe, facts_waiting: 1 })).toBe('facts');
    expect(waiting({ ...safe, blobs_waiting: 1, facts_waiting: 1 })).toBe('blobs');
    expect(waiting({ ...safe, attention: 1 })).toBe('attention');
    expect(waiting({ ...safe, jobs_on_phone: 1, blobs_waiting: 1 })).toBe('jobs');
  });
});

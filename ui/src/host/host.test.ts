import { describe, expect, it } from 'vitest';
import { Problem } from './host';

describe('a problem', () => {
  it('keeps the code it was given, wherever it came from', () => {
    const said = Problem.from({ code: 'code_expired', retry: 'never', detail: 'x' });
    expect([said.code, said.retry, said.message]).toEqual(['code_expired', 'never', 'x']);
    expect(Problem.from(said)).toBe(said);
  });

  it('has a code even when what was thrown has none', () => {
    expect(Problem.from(new TypeError('boom')).code).toBe('unexpected');
    expect(Problem.from(undefined).code).toBe('unexpected');
  });
});

import { describe, expect, it } from 'vitest';
import { GONE_MS, Sightings } from './sightings';

describe('codes in the picture', () => {
  it('count once while they stay, and flicker', () => {
    const seen = new Sightings();
    expect(seen.take(['A'], 0)).toEqual(['A']);
    expect(seen.take(['A'], 100)).toEqual([]);
    expect(seen.take([], 200)).toEqual([]);
    expect(seen.take(['A'], 100 + GONE_MS - 1)).toEqual([]);
  });

  it('count again once they were gone for a while', () => {
    const seen = new Sightings();
    seen.take(['A'], 0);
    expect(seen.take([], GONE_MS)).toEqual([]);
    expect(seen.take(['A'], GONE_MS + 100)).toEqual(['A']);
  });

  it('are not forgotten because a picture took long', () => {
    const seen = new Sightings();
    seen.take(['A'], 0);
    expect(seen.take(['A'], 60_000)).toEqual([]);
  });

  it('come several at a time, each by itself', () => {
    const seen = new Sightings();
    expect(seen.take(['A', 'B', 'A'], 0)).toEqual(['A', 'B']);
    expect(seen.take(['B', 'C'], 100)).toEqual(['C']);
  });
});

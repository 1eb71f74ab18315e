import { describe, expect, it } from 'vitest';
import type { AskView, ReasonView } from '../../api/generated/field';
import { isMet, layersOf } from './failing';

const reason = (word: string, layer: string) => ({ reason: word, layer }) as ReasonView;
const ask = (more: Partial<AskView>): AskView => ({ ask: 'photo', need: 'required', wanted: 1, has: 0, wait_ms: 0, ...more });

describe('giving up', () => {
  it('shows only groups with something in them, what happens most first', () => {
    const layers = layersOf([reason('out_of_time', 'time'), reason('closed', 'site'), reason('nobody_there', 'customer')]);
    expect(layers.map((each) => each.layer)).toEqual(['customer', 'site', 'time']);
    expect(layers[1]?.reasons.map((each) => each.reason)).toEqual(['closed']);
  });

  it('is held up by what is required and not by what is only wanted', () => {
    expect(isMet(ask({}))).toBe(false);
    expect(isMet(ask({ has: 1 }))).toBe(true);
    expect(isMet(ask({ need: 'warn' }))).toBe(true);
  });
});

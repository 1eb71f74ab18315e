import { describe, expect, it } from 'vitest';
import { Wedge } from './wedge';

const key = (name: string, ctrlKey = false) => ({ key: name, ctrlKey, altKey: false, metaKey: false });

function type(wedge: Wedge, keys: string[], each: number, from = 1_000): (string | null)[] {
  return keys.map((name, at) => wedge.take(name === '^]' ? key(']', true) : key(name), from + at * each));
}

describe('a scanner that types', () => {
  it('ends a code with Enter or Tab', () => {
    const wedge = new Wedge();
    expect(type(wedge, ['A', 'B', '1', 'Enter'], 10).pop()).toBe('AB1');
    expect(type(wedge, ['C', 'D', '2', 'Tab'], 10, 2_000).pop()).toBe('CD2');
  });

  it('keeps the separator of GS1 codes and nothing of other keys', () => {
    expect(type(new Wedge(), ['1', '0', 'Shift', 'L', '^]', '2', '1', 'Enter'], 10).pop()).toBe('10L\u001d21');
  });

  it('is known from its second key on, and a person never', () => {
    const wedge = new Wedge();
    type(wedge, ['A'], 10);
    expect(wedge.isRunning).toBe(false);
    type(wedge, ['B'], 10, 1_010);
    expect(wedge.isRunning).toBe(true);
    type(wedge, ['C'], 10, 5_000);
    expect(wedge.isRunning).toBe(false);
  });

  it('is not taken for a person who types', () => {
    expect(type(new Wedge(), ['A', 'B', '1', 'Enter'], 200).pop()).toBeNull();
    expect(type(new Wedge(), ['A', 'Enter'], 10).pop()).toBeNull();
  });
});

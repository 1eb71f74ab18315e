import { describe, expect, it } from 'vitest';
import type { ItemView } from '../../api/generated/field';
import { areSame, differing, isUnexplained, linesOf, partOf, SHORTFALLS, unitsHandedOver, wholeLine, withShortfall, withWhy } from './lines';

const item: ItemView = { item_id: 'i1', sku: '', text: 'Board', quantity: 5, unit: 'pcs', code: '', loaded: 5, is_counted: false, scanned: 0, outcome: null };
const sum = (line: ReturnType<typeof wholeLine>) =>
  SHORTFALLS.reduce((all, part) => all + partOf(line, part), line.delivered);

describe('lines', () => {
  it('keep the sum of a line whatever is pressed', () => {
    let line = wholeLine(item);
    for (const part of SHORTFALLS)
      for (const wanted of [3, 9, -2, 0, 4, 1]) {
        line = withShortfall(line, item.quantity, part, wanted);
        expect(sum(line)).toBe(5);
        expect(Math.min(line.delivered, ...SHORTFALLS.map((part) => partOf(line, part)))).toBeGreaterThanOrEqual(0);
      }
  });

  it('forget a drafted line that no longer fits the goods', () => {
    const drafted = [{ item_id: 'i1', delivered: 3, refused: 0, damaged: 0, missing: 0 }];
    expect(linesOf([item], drafted)).toEqual([wholeLine(item)]);
  });

  it('miss what was not aboard when it was counted', () => {
    const line = wholeLine({ ...item, loaded: 3, is_counted: true });
    expect([line.delivered, line.missing]).toEqual([3, 2]);
    expect(wholeLine({ ...item, loaded: 7, is_counted: true }).delivered).toBe(5);
  });

  it('name only what differs', () => {
    const refused = withShortfall(wholeLine(item), 5, 'refused', 2);
    expect(differing([wholeLine(item), refused])).toEqual([refused]);
    expect(unitsHandedOver([refused])).toBe(3);
  });

  it('say what was given instead, and why a line differs', () => {
    const replaced = withShortfall(wholeLine(item), 5, 'substituted', 2);
    expect(isUnexplained(replaced)).toBe(true);
    const said = withWhy(replaced, 'Oak boards');
    expect(isUnexplained(said)).toBe(false);
    expect(areSame([replaced], [said])).toBe(false);
    expect(withWhy(said, ' ')).toEqual(replaced);
    expect(linesOf([item], [said])).toEqual([said]);
  });
});

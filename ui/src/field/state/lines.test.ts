import { describe, expect, it } from 'vitest';
import type { ItemView } from '../../api/generated/field';
import { differing, linesOf, SHORTFALLS, unitsHandedOver, wholeLine, withShortfall } from './lines';

const item: ItemView = { item_id: 'i1', sku: '', text: 'Board', quantity: 5, unit: 'pcs', code: '', loaded: 5, is_counted: false, scanned: 0, outcome: null };
const sum = (line: ReturnType<typeof wholeLine>) => line.delivered + line.refused + line.damaged + line.missing;

describe('lines', () => {
  it('keep the sum of a line whatever is pressed', () => {
    let line = wholeLine(item);
    for (const part of SHORTFALLS)
      for (const wanted of [3, 9, -2, 0, 4, 1]) {
        line = withShortfall(line, item.quantity, part, wanted);
        expect(sum(line)).toBe(5);
        expect(Math.min(line.delivered, line.refused, line.damaged, line.missing)).toBeGreaterThanOrEqual(0);
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
});

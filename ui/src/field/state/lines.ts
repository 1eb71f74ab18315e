/** What became of each line of goods. The parts of a line always add up to what was ordered. */
import type { ItemView, LineOutcome } from '../../api/generated/field';

export type Shortfall = 'refused' | 'damaged' | 'missing';
export const SHORTFALLS: Shortfall[] = ['refused', 'damaged', 'missing'];

/** A line as it is before anybody says more: whole, but for what was not aboard when it was counted. */
export function wholeLine(item: ItemView): LineOutcome {
  const missing = Math.max(0, item.quantity - item.loaded);
  return { item_id: item.item_id, delivered: item.quantity - missing, refused: 0, damaged: 0, missing };
}

/** Sets one part of a line; what is handed over gives or takes the difference. */
export function withShortfall(line: LineOutcome, quantity: number, part: Shortfall, wanted: number): LineOutcome {
  const others = SHORTFALLS.filter((each) => each !== part).reduce((sum, each) => sum + line[each], 0);
  const count = Math.max(0, Math.min(wanted, quantity - others));
  return { ...line, [part]: count, delivered: quantity - others - count };
}

/** One line for each item: as drafted, where the draft still fits the goods, else whole. */
export function linesOf(items: ItemView[], drafted: LineOutcome[]): LineOutcome[] {
  return items.map((item) => {
    const line = drafted.find((each) => each.item_id === item.item_id);
    const sum = line ? line.delivered + line.refused + line.damaged + line.missing : -1;
    return line && sum === item.quantity ? line : wholeLine(item);
  });
}

/** Only the lines that differ, which is what the phone wants to hear. */
export function differing(lines: LineOutcome[]): LineOutcome[] {
  return lines.filter((line) => SHORTFALLS.some((part) => line[part] > 0));
}

export function unitsHandedOver(lines: LineOutcome[]): number {
  return lines.reduce((sum, line) => sum + line.delivered, 0);
}

/** Whether both say the same of all goods; only differing lines count, in whatever order. */
export function areSame(some: LineOutcome[], others: LineOutcome[]): boolean {
  const said = (lines: LineOutcome[]) =>
    differing(lines)
      .map((line) => [line.item_id, line.delivered, line.refused, line.damaged, line.missing].join(' '))
      .sort()
      .join();
  return said(some) === said(others);
}

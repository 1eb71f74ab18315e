/** What became of each line of goods. The parts of a line always add up to what was ordered. */
import type { ItemView, LineOutcome } from '../../api/generated/field';

export type Shortfall = 'refused' | 'damaged' | 'missing' | 'substituted';
export const SHORTFALLS: Shortfall[] = ['refused', 'damaged', 'missing', 'substituted'];

/** How many units of a line are short in one way. */
export const partOf = (line: LineOutcome, part: Shortfall): number => line[part] ?? 0;

/** A line as it is before anybody says more: whole, but for what was not aboard when it was counted. */
export function wholeLine(item: ItemView): LineOutcome {
  const missing = Math.max(0, item.quantity - item.loaded);
  return { item_id: item.item_id, delivered: item.quantity - missing, refused: 0, damaged: 0, missing };
}

/** Sets one part of a line; what is handed over gives or takes the difference. */
export function withShortfall(line: LineOutcome, quantity: number, part: Shortfall, wanted: number): LineOutcome {
  const others = SHORTFALLS.filter((each) => each !== part).reduce((sum, each) => sum + partOf(line, each), 0);
  const count = Math.max(0, Math.min(wanted, quantity - others));
  return { ...line, [part]: count, delivered: quantity - others - count };
}

/** Says why a line differs; nothing said is left out. */
export function withWhy(line: LineOutcome, why: string): LineOutcome {
  const { why: _, ...rest } = line;
  return why.trim() === '' ? rest : { ...rest, why };
}

/** What was given instead has to be said. */
export const isUnexplained = (line: LineOutcome): boolean => partOf(line, 'substituted') > 0 && !line.why?.trim();

/** One line for each item: as drafted, where the draft still fits the goods, else whole. */
export function linesOf(items: ItemView[], drafted: LineOutcome[]): LineOutcome[] {
  return items.map((item) => {
    const line = drafted.find((each) => each.item_id === item.item_id);
    const sum = line ? SHORTFALLS.reduce((all, part) => all + partOf(line, part), line.delivered) : -1;
    return line && sum === item.quantity ? line : wholeLine(item);
  });
}

/** Only the lines that differ, which is what the phone wants to hear. */
export function differing(lines: LineOutcome[]): LineOutcome[] {
  return lines.filter((line) => SHORTFALLS.some((part) => partOf(line, part) > 0));
}

export function unitsHandedOver(lines: LineOutcome[]): number {
  return lines.reduce((sum, line) => sum + line.delivered, 0);
}

/** Whether both say the same of all goods; only differing lines count, in whatever order. */
export function areSame(some: LineOutcome[], others: LineOutcome[]): boolean {
  const said = (lines: LineOutcome[]) =>
    differing(lines)
      .map((line) => [line.item_id, line.delivered, ...SHORTFALLS.map((part) => partOf(line, part)), line.why ?? ''].join(' '))
      .sort()
      .join();
  return said(some) === said(others);
}

/** Words for what was not handed over. */
import { m } from '../../../text';
import type { Shortfall } from '../../state/lines';

export function shortfallWord(part: Shortfall): string {
  return { refused: m.line_refused, damaged: m.line_damaged, missing: m.line_missing, substituted: m.line_substituted }[part]();
}

export function shortfallCount(part: Shortfall, count: number): string {
  return { refused: m.why_refused, damaged: m.why_damaged, missing: m.why_missing, substituted: m.why_substituted }[part]({ count });
}

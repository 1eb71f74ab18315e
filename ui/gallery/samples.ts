/** What the parts are filled with: words too long for them, and names that read the other way. */
import type { Readiness } from '../src/api/generated/field';
import type { Drawn } from '../src/parts/drawing';

export const SHORT = 'Leeds';
export const LONG =
  'Halden Print and Copy Centre for the Northern District, Rechtsschutzversicherungsgesellschaftsgebäude, second entrance';
export const UNBROKEN = '(01)09501101530003(10)LOT-2026-11-20-0001-0002-0003-0004';
export const ARABIC = 'مكتبة النور للقرطاسية والأدوات المكتبية';

export const OPTIONS = [
  { value: 'one', label: SHORT },
  { value: 'two', label: LONG },
  { value: 'three', label: ARABIC },
];
export const PICKS = OPTIONS.map((each, at) => (at === 1 ? { ...each, more: LONG } : each));

export const DRAWN: Drawn = {
  width: 1200,
  height: 480,
  strokes: [
    [[240, 300, 0], [360, 140, 90], [480, 340, 180], [600, 190, 270], [720, 300, 360]],
    [[300, 380, 500], [840, 350, 640]],
    [[900, 250, 800]],
  ],
};

export const READINESS: Readiness[] = [
  { verdict: 'ready', reasons: [] },
  { verdict: 'ready_with_difference', reasons: [{ code: 'refused', count: 2 }, { code: 'cash_short', sum: { due_minor: 5230, taken_minor: 4000, currency: 'GBP' } }] },
  { verdict: 'blocked', reasons: [{ code: 'proof_missing', proof: 'signature' }, { code: 'proof_missing', proof: 'photo' }, { code: 'not_done' }] },
];

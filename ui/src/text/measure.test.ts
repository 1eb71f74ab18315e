import { afterEach, describe, expect, it } from 'vitest';
import { overwriteGetLocale } from './generated/runtime.js';
import { clock, distance, fieldClock, instantOf, longDay, money, span } from './measure';

const NOON = Date.parse('2026-11-20T12:00:00Z');

afterEach(() => overwriteGetLocale(() => 'en'));

describe('times', () => {
  it('are read in the zone of the run, not of the reader', () => {
    expect(clock(NOON, 'Europe/London')).toBe('12:00');
    expect(clock(NOON, 'Asia/Dubai')).toBe('16:00');
    expect(span({ from_ms: NOON, to_ms: NOON + 5_400_000 }, 'Europe/Berlin')).toBe('13:00–14:30');
  });

  it('survive a zone that this device has never heard of', () => {
    expect(clock(NOON, 'Mars/Olympus')).toMatch(/^\d\d:\d\d$/);
  });

  it('go to an instant and back, on both sides of a change of clocks', () => {
    for (const day of ['2026-03-28', '2026-03-29', '2026-10-24', '2026-10-25', '2026-11-20']) {
      const at = instantOf(day, '13:05', 'Europe/London');
      expect(at && fieldClock(at, 'Europe/London')).toBe('13:05');
    }
    expect(instantOf('2026-07-01', '09:00', 'Europe/London')).toBe(Date.parse('2026-07-01T08:00:00Z'));
    expect(instantOf('2026-11-20', '', 'Europe/London')).toBeNull();
  });

  it('name a day without moving it to another zone', () => {
    expect(longDay('2026-11-20')).toContain('20 November');
    expect(longDay('someday')).toBe('someday');
  });
});

describe('measures', () => {
  it('know currencies without a smaller unit', () => {
    expect(money({ minor: 12550, currency: 'GBP' })).toBe('£125.50');
    expect(money({ minor: 1200, currency: 'JPY' })).toBe('¥1,200');
    expect(money({ minor: 1200, currency: '??' })).toBe('12 ??');
  });

  it('grow coarser with distance', () => {
    expect([42, 347, 2_440, 31_700].map(distance)).toEqual(['42 m', '350 m', '2.4 km', '32 km']);
  });

  it('keep European digits in Arabic, as they are printed on the goods', () => {
    overwriteGetLocale(() => 'ar');
    expect(clock(NOON, 'Europe/London')).toBe('12:00');
  });
});

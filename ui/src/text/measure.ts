/** Times, days, money and distances as people read them. Windows are read in the run's zone. */
import { asciiDigits } from './digits';
import { getLocale } from './generated/runtime.js';
import { m } from './generated/messages.js';

interface Span {
  from_ms: number;
  to_ms: number;
}

// European digits throughout: order numbers and door numbers are printed in them on the goods.
const SPEECH: Record<string, string> = { en: 'en-GB', ar: 'ar-u-nu-latn' };
const formats = new Map<string, Intl.DateTimeFormat>();

function speech(): string {
  const locale = getLocale();
  return SPEECH[locale] ?? locale;
}

// A formatter costs a hundred times what formatting does, and a list asks for hundreds.
function format(name: string, zone: string | undefined, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${speech()} ${name} ${zone ?? ''}`;
  const kept = formats.get(key);
  if (kept) return kept;
  const made = make(zone, options);
  formats.set(key, made);
  return made;
}

function make(zone: string | undefined, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat(speech(), { ...options, timeZone: zone });
  } catch {
    // A zone this device has never heard of: better the device's own time than none.
    return new Intl.DateTimeFormat(speech(), options);
  }
}

const CLOCK: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };

/** `13:05` */
export function clock(ms: number, zone?: string): string {
  return format('clock', zone, CLOCK).format(ms);
}

/** `09:00–11:00` */
export function span(window: Span, zone?: string): string {
  return m.span({ from: clock(window.from_ms, zone), to: clock(window.to_ms, zone) });
}

/** `20 Nov, 13:05`, which never breaks between two lines. */
export function dateAndClock(ms: number, zone?: string): string {
  return format('both', zone, { day: 'numeric', month: 'short', ...CLOCK }).format(ms).replace(/ /g, '\u00a0');
}

/** `13:05` today, else with its date. */
export function lately(ms: number, now: number = Date.now()): string {
  const day = format('day', undefined, { year: 'numeric', month: '2-digit', day: '2-digit' });
  return day.format(ms) === day.format(now) ? clock(ms) : dateAndClock(ms);
}

/** `Friday, 20 November` out of `2026-11-20`. */
export function longDay(day: string): string {
  const at = Date.parse(`${day}T12:00:00Z`);
  if (Number.isNaN(at)) return day;
  return format('long day', 'UTC', { weekday: 'long', day: 'numeric', month: 'long' }).format(at);
}

/** `€12.50` */
export function money(sum: { minor: number; currency: string }): string {
  try {
    const style = new Intl.NumberFormat(speech(), {
      style: 'currency',
      currency: sum.currency,
      currencyDisplay: getLocale() === 'ar' ? 'code' : 'narrowSymbol',
    });
    const digits = style.resolvedOptions().maximumFractionDigits ?? 2;
    return isolated(style.format(sum.minor / 10 ** digits));
  } catch {
    return `${sum.minor / 100} ${sum.currency}`;
  }
}

// A sum keeps its own direction: between Arabic words its sign would jump to the other side.
function isolated(sum: string): string {
  return getLocale() === 'ar' ? `\u2066${sum.replace(/[\u200e\u200f]/g, '')}\u2069` : sum;
}

/** What somebody typed as a sum, in the smallest unit of its currency; `null` if it is none. */
export function minorOf(text: string, currency: string): number | null {
  const digits = fractionDigits(currency);
  const shape = /^(\d{1,9})(?:[.,](\d{1,3}))?$/.exec(asciiDigits(text).trim());
  const [, whole = '', part = ''] = shape ?? [];
  if (shape === null || part.length > digits) return null;
  return Number(whole) * 10 ** digits + Number(part.padEnd(digits, '0') || '0');
}

/** A sum as it is typed: `52.30` */
export function typedSum(minor: number, currency: string): string {
  const digits = fractionDigits(currency);
  return (minor / 10 ** digits).toFixed(digits);
}

function fractionDigits(currency: string): number {
  try {
    const style = new Intl.NumberFormat('en', { style: 'currency', currency });
    return style.resolvedOptions().maximumFractionDigits ?? 2;
  } catch {
    return 2;
  }
}

/** `2:05`, for a wait that goes down. */
export function countdown(ms: number): string {
  const seconds = Math.ceil(Math.max(0, ms) / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** `18 min`, for what took a while. */
export function minutes(ms: number): string {
  return m.minutes({ count: Math.round(ms / 60_000) });
}

/** `350 m`, `2.4 km` */
export function distance(metres: number): string {
  if (metres < 1000) return m.metres({ count: metres < 100 ? metres : Math.round(metres / 10) * 10 });
  const digits = metres < 10_000 ? 1 : 0;
  const count = new Intl.NumberFormat(speech(), { maximumFractionDigits: digits }).format(metres / 1000);
  return m.kilometres({ count });
}

/** `13:05` in some zone on some day as an instant, or `null` if it is not a time. */
export function instantOf(day: string, hhmm: string, zone: string): number | null {
  const naive = Date.parse(`${day}T${hhmm}:00Z`);
  if (Number.isNaN(naive)) return null;
  // Twice, because the first guess may lie on the other side of a change of clocks.
  const guess = naive - offsetMs(naive, zone);
  return naive - offsetMs(guess, zone);
}

/** `13:05` for a time field, whatever the language. */
export function fieldClock(ms: number, zone: string): string {
  return new Date(ms + offsetMs(ms, zone)).toISOString().slice(11, 16);
}

function offsetMs(at: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at);
  const part = (type: string) => Number(parts.find((each) => each.type === type)?.value);
  const local = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return local - Math.floor(at / 1000) * 1000;
}

/** `81,230` in the reader's own way. */
export const number = (count: number): string => new Intl.NumberFormat(speech()).format(count);

/** `1.4 MB`, `320 kB` */
export function size(bytes: number): string {
  const isLarge = bytes >= 1_000_000;
  const style = { style: 'unit', unit: isLarge ? 'megabyte' : 'kilobyte', maximumFractionDigits: isLarge ? 1 : 0 } as const;
  return new Intl.NumberFormat(speech(), style).format(bytes / (isLarge ? 1_000_000 : 1000));
}

/** Digits as people type them. Keyboards of some languages have their own; what is checked knows `0` to `9`. */

/** Where a writing's own zero stands: Arabic-Indic, and the Persian and Urdu row beside it. */
const ZEROS = [0x0660, 0x06f0];
/** What such keyboards type for the decimal point, between thousands, and to say which way to read. */
const POINT = /\u066b/g;
const COMMA = /\u060c/g;
const UNSEEN = /[\u066c\u061c\u200e\u200f\u2066-\u2069]/g;

/** The same text with `0` to `9` for digits, `.` and `,` for what parts whole from fraction. */
export function asciiDigits(text: string): string {
  const digits = text.replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => {
    const code = digit.charCodeAt(0);
    const zero = ZEROS.find((each) => code >= each && code < each + 10) ?? code;
    return String(code - zero);
  });
  return digits.replace(POINT, '.').replace(COMMA, ',').replace(UNSEEN, '');
}

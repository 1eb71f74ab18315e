/** How texts are compared that people type: without case, accents, and what Arabic may write or leave out. */
import { asciiDigits } from './digits';

/** Marks that stand over or under a letter, in Latin and in Arabic, and the stroke that only widens a word. */
const MARKS = /[\p{M}\u0640]/gu;
/** Letters that are one letter to whoever searches, and those that no mark is taken from by itself. */
const ALIKE: Record<string, string> = {
  أ: 'ا',
  إ: 'ا',
  آ: 'ا',
  ٱ: 'ا',
  ى: 'ي',
  ی: 'ي',
  ئ: 'ي',
  ؤ: 'و',
  ة: 'ه',
  ک: 'ك',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  æ: 'ae',
  œ: 'oe',
  ß: 'ss',
  ı: 'i',
};

/** The text as it is compared: `Café Ørsted` becomes `cafe orsted`. */
export function fold(text: string): string {
  const plain = asciiDigits(text).normalize('NFKD').replace(MARKS, '').toLowerCase();
  const alike = [...plain].map((letter) => ALIKE[letter] ?? letter).join('');
  return alike.replace(/\s+/g, ' ').trim();
}

import { describe, expect, it } from 'vitest';
import { asciiDigits } from './digits';
import { minorOf } from './measure';

describe('typed digits', () => {
  it('are read in Arabic-Indic and Persian as in European writing', () => {
    expect(asciiDigits('٠١٢٣٤٥٦٧٨٩')).toBe('0123456789');
    expect(asciiDigits('۰۱۲۳۴۵۶۷۸۹')).toBe('0123456789');
    expect(asciiDigits('4711')).toBe('4711');
  });

  it('leave everything else as it was', () => {
    expect(asciiDigits('LOT-٤٢/ب')).toBe('LOT-42/ب');
    expect(asciiDigits('')).toBe('');
  });

  it('make a sum with the decimal signs of their keyboards', () => {
    expect(minorOf('٤٠٫٥٠', 'GBP')).toBe(4050);
    expect(minorOf('۴۰٫۵', 'GBP')).toBe(4050);
    expect(minorOf('٤٠،٥٠', 'GBP')).toBe(4050);
    expect(minorOf('١٬٢٣٤٫٥٠', 'GBP')).toBe(123_450);
    expect(minorOf('\u200f٤٠', 'GBP')).toBe(4000);
    expect(minorOf('٤٠ جنيه', 'GBP')).toBeNull();
  });
});

import { describe, expect, it } from 'vitest';
import { fold } from './fold';

describe('a text that is searched', () => {
  it('has no case and no accents', () => {
    expect(fold('  Café  ØRSTED ')).toBe('cafe orsted');
    expect(fold('Żółć, Straße Łódź')).toBe('zolc, strasse lodz');
    expect(fold('ŒUVRE Ñandú')).toBe('oeuvre nandu');
  });

  it('is one in Arabic, however its letters were marked', () => {
    expect(fold('مَكْتَبَةُ النُّور')).toBe(fold('مكتبه النور'));
    expect(fold('أحمد إلى آخر')).toBe(fold('احمد الي اخر'));
    expect(fold('محـــمد')).toBe(fold('محمد'));
    expect(fold('شارع ٤٢')).toBe(fold('شارع 42'));
  });
});

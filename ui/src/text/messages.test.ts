import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { overwriteGetLocale } from './generated/runtime.js';
import { m } from './generated/messages.js';

type Message = string | [{ match: Record<string, string> }];

const LOCALES = ['en', 'de', 'es', 'pl', 'ar'] as const;

function messages(locale: string): Record<string, Message> {
  return JSON.parse(readFileSync(`messages/${locale}.json`, 'utf8')) as Record<string, Message>;
}

function texts(message: Message): string[] {
  return typeof message === 'string' ? [message] : Object.values(message[0].match);
}

const holes = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
const english = messages('en');

describe.each(LOCALES)('messages in %s', (locale) => {
  const own = messages(locale);

  it('say everything that English says, and nothing else', () => {
    expect(Object.keys(own).sort()).toEqual(Object.keys(english).sort());
  });

  it('leave no text empty and use only what they are given', () => {
    for (const [key, message] of Object.entries(own)) {
      const given = new Set(texts(english[key] ?? '').flatMap(holes).concat('count'));
      for (const text of texts(message)) {
        expect(text, key).not.toBe('');
        for (const hole of holes(text)) expect(given.has(hole ?? ''), `${key}: ${hole}`).toBe(true);
      }
    }
  });

  it('have every plural form that the language needs', () => {
    // Spanish and Polish name further forms that only fractions and millions take; the last form serves them.
    const needed = { en: 2, de: 2, es: 2, pl: 3, ar: 6 }[locale];
    const counted = Object.entries(english).filter(([, message]) => typeof message !== 'string');
    for (const [key] of counted) {
      const message = own[key] ?? '';
      const forms = texts(message).length;
      expect(forms === needed || forms === 1, `${key} has ${forms} forms`).toBe(true);
    }
  });
});

describe('plurals', () => {
  it('follow the language', () => {
    const said = (locale: (typeof LOCALES)[number], count: number) => {
      overwriteGetLocale(() => locale);
      return m.items({ count });
    };
    expect([1, 2, 5, 22].map((count) => said('pl', count))).toEqual(['1 pozycja', '2 pozycje', '5 pozycji', '22 pozycje']);
    expect([0, 1, 2, 3, 11, 100].map((count) => said('ar', count))).toEqual([
      'لا أصناف',
      'صنف واحد',
      'صنفان',
      '3 أصناف',
      '11 صنفًا',
      '100 صنف',
    ]);
    expect(said('en', 1)).toBe('1 item');
  });
});

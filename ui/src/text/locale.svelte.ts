/** Which language is spoken. The choice is kept on the device; without one the system's is taken. */
import { getLocale, locales, setLocale, type Locale } from './generated/runtime.js';

/** Each language by its own name, so that whoever reads it can find it. */
export const LANGUAGES: { locale: Locale; name: string }[] = [
  { locale: 'en', name: 'English' },
  { locale: 'de', name: 'Deutsch' },
  { locale: 'es', name: 'Español' },
  { locale: 'pl', name: 'Polski' },
  { locale: 'ar', name: 'العربية' },
];

/** Where the driver's own language waits while a customer reads in theirs. */
const OWN = 'waybill.own_language';

class Language {
  #locale = $state<Locale>(getLocale());

  get locale(): Locale {
    return this.#locale;
  }

  choose(word: string): void {
    const locale = locales.find((each) => each === word);
    if (locale === undefined) return;
    void setLocale(locale, { reload: false });
    this.#locale = locale;
    this.apply();
  }

  /** Speaks the customer's language while they hold the phone. */
  lend(word: string): void {
    // What was lent before a kill is still owed back.
    if (localStorage.getItem(OWN) === null) localStorage.setItem(OWN, this.#locale);
    this.choose(word);
  }

  /** Speaks the driver's own again. */
  giveBack(): void {
    const own = localStorage.getItem(OWN);
    if (own === null) return;
    localStorage.removeItem(OWN);
    this.choose(own);
  }

  /** Tells the page which way to read. */
  apply(): void {
    document.documentElement.lang = this.#locale;
    document.documentElement.dir = this.#locale === 'ar' ? 'rtl' : 'ltr';
  }
}

export const language = new Language();

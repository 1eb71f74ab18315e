/**
 * Where the reader is: the part of the address behind `#`, cut at its slashes.
 *
 * The address is the only memory of it, so that the system's own back button works everywhere.
 */
import { tick } from 'svelte';

class Route {
  #path = $state(read());

  constructor() {
    addEventListener('hashchange', () => {
      this.#path = read();
      void arrive();
    });
  }

  /** The address's pieces, decoded: `#/runs/R1` is `['runs', 'R1']`. */
  get path(): string[] {
    return this.#path;
  }

  go(href: string): void {
    location.hash = href;
  }

  /** Goes to an address that the back button should not return from. */
  replace(href: string): void {
    history.replaceState(null, '', href);
    this.#path = read();
    void arrive();
  }
}

/** Begins the new page at its top, and tells readers so by moving the focus to its heading. */
async function arrive(): Promise<void> {
  await tick();
  scrollTo(0, 0);
  const heading = document.querySelector('h1');
  heading?.setAttribute('tabindex', '-1');
  heading?.focus({ preventScroll: true });
}

function read(): string[] {
  return location.hash.replace(/^#\/?/, '').split('/').filter(Boolean).map(decodeURIComponent);
}

/** Writes an address from pieces: the inverse of {@link Route.path}. */
export function to(...pieces: string[]): string {
  return `#/${pieces.map(encodeURIComponent).join('/')}`;
}

export const route = new Route();

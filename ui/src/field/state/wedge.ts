/**
 * A scanner that types: it sends a code like a keyboard would, only faster than anybody types, and ends it
 * with Enter. It works wherever no field has the focus, so nobody has to aim before they scan.
 */

/** A pause this long means that it was a person after all. */
const PAUSE_MS = 120;
/** A code shorter than this is a stray key. */
const SHORTEST = 3;
const FNC1 = '\u001d';

/** Gathers keys into codes. `now` is the time of the key in milliseconds. */
export class Wedge {
  #keys = '';
  #last = 0;

  /** More than one key has come as fast as only a scanner types. */
  get isRunning(): boolean {
    return this.#keys.length > 1;
  }

  /** Takes a key; answers the code that it ends. */
  take(key: { key: string; ctrlKey: boolean; altKey: boolean; metaKey: boolean }, now: number): string | null {
    if (now - this.#last > PAUSE_MS) this.#keys = '';
    this.#last = now;
    if (key.key === 'Enter' || key.key === 'Tab') {
      const code = this.#keys;
      this.#keys = '';
      return code.length >= SHORTEST ? code : null;
    }
    // How most scanners type the separator of GS1 codes.
    if (key.ctrlKey && key.key === ']') this.#keys += FNC1;
    else if (!key.ctrlKey && !key.altKey && !key.metaKey && key.key.length === 1) this.#keys += key.key;
    return null;
  }
}

/** Inputs that take a press or a file, and no text that a key could add to. */
const NOT_WRITTEN = ['button', 'checkbox', 'color', 'file', 'image', 'radio', 'range', 'reset', 'submit'];

/** Whether somebody writes there, so that what is typed is theirs. A list or a button takes no code. */
function isWritten(at: EventTarget | null): boolean {
  if (at instanceof HTMLInputElement) return !NOT_WRITTEN.includes(at.type);
  return at instanceof HTMLTextAreaElement;
}

/** Listens to the whole page while a screen is shown; answers how to stop. */
export function listenForScans(onscan: (code: string) => void): () => void {
  const wedge = new Wedge();
  const listen = (event: KeyboardEvent) => {
    const sheet = document.querySelector('[role=dialog]');
    if (isWritten(event.target) || (sheet !== null && sheet.querySelector('[data-scans]') === null)) return;
    const code = wedge.take(event, event.timeStamp);
    // Neither may the Enter at its end press the button that was pressed last, nor a letter within it choose
    // from a list that has the focus.
    if (code !== null || wedge.isRunning) event.preventDefault();
    if (code === null) return;
    event.stopPropagation();
    onscan(code);
  };
  addEventListener('keydown', listen, true);
  return () => removeEventListener('keydown', listen, true);
}

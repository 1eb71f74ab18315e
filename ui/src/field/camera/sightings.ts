/** Which codes in a camera's picture are new. One that stays in it, or flickers, is one code. */

/** So long a code must have been out of the picture before it counts as shown again. */
export const GONE_MS = 1_500;

export class Sightings {
  #seen = new Map<string, number>();

  /**
   * Takes the codes of one picture; answers those that were not there before. What was seen last a while
   * ago is only forgotten by a picture without it: slow pictures must not count one label twice.
   */
  take(codes: string[], now: number): string[] {
    const here = new Set(codes);
    for (const [code, at] of this.#seen) if (!here.has(code) && now - at >= GONE_MS) this.#seen.delete(code);
    const fresh = [...here].filter((code) => !this.#seen.has(code));
    for (const code of here) this.#seen.set(code, now);
    return fresh;
  }
}

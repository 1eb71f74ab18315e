/**
 * The only door between screens and whatever runs them.
 *
 * A host carries a question inwards and a topic outwards; it knows nothing of jobs. There are two: a
 * native shell and a plain HTTP server. Which one it is, nobody beyond this folder can tell.
 */
import type { Commands, Topic } from '../api/generated/field';

export type CommandName = keyof Commands;

/** Why a command was not done. `code` is stable; `detail` is for a log, never for a screen. */
export class Problem extends Error {
  readonly code: string;
  readonly retry: string;
  /** Which order it is about, where several were asked for at once. */
  readonly order: string | null;

  constructor(code: string, retry: string, detail: string, order: string | null = null) {
    super(detail);
    this.name = 'Problem';
    this.code = code;
    this.retry = retry;
    this.order = order;
  }

  /** Takes whatever was thrown; what has no code gets `unexpected`. */
  static from(thrown: unknown): Problem {
    if (thrown instanceof Problem) return thrown;
    if (typeof thrown === 'object' && thrown !== null && 'code' in thrown) {
      const { code, retry, detail, order } = thrown as Record<string, unknown>;
      const about = typeof order === 'string' ? order : null;
      return new Problem(String(code), String(retry ?? 'never'), String(detail ?? ''), about);
    }
    return new Problem('unexpected', 'never', String(thrown));
  }
}

export interface Host {
  /** Asks for one command; throws a {@link Problem}. */
  call<Name extends CommandName>(
    command: Name,
    args: Commands[Name]['args'],
  ): Promise<Commands[Name]['answer']>;
  /** Puts a picture aside and answers the name by which `add_photo` finds it. */
  takePhoto(picture: Blob): Promise<string>;
  /** Where the bytes of a blob can be shown from. */
  blobUrl(hash: string): string;
  /** Calls back with each topic that has changed; answers how to stop. */
  onChanged(listen: (topic: Topic) => void): () => void;
}

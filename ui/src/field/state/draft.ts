/** Input that is not yet a fact: kept as text by the phone's engine, which never reads it. */
import type { JobView, LineOutcome, Method, SignerRole, Strokes } from '../../api/generated/field';
import { differing } from './lines';

export interface SigningDraft {
  name: string;
  role: SignerRole;
  strokes: Strokes | null;
  /** What they have against it. */
  reservation: string;
}

export interface Draft {
  signing: SigningDraft | null;
  lines: LineOutcome[];
  /** To whom or where the goods go. */
  method: Method;
  /** The driver does this order by itself, although others of the same visit could go along. */
  isApart?: boolean;
}

const VERSION = 1;

export function writeDraft(draft: Draft): string | null {
  const isEmpty = draft.signing === null && draft.lines.length === 0;
  if (isEmpty && draft.method === 'recipient' && !draft.isApart) return null;
  return JSON.stringify({ version: VERSION, ...draft });
}

/** Reads a draft; one of another age of the app is forgotten, because it was never called saved. */
export function readDraft(text: string | null): Draft {
  const empty: Draft = { signing: null, lines: [], method: 'recipient' };
  if (text === null) return empty;
  try {
    const said = JSON.parse(text) as Partial<Draft> & { version?: number };
    if (said.version !== VERSION) return empty;
    const { signing = null, lines = [], method = 'recipient', isApart = false } = said;
    return { signing, lines, method, ...(isApart && { isApart }) };
  } catch {
    return empty;
  }
}

/** What the screen must know again after a delivery is taken back: the count. */
export function draftAfterUndo(job: JobView): Draft {
  const lines = differing(job.items.flatMap((item) => item.outcome ?? []));
  const draft = readDraft(job.draft);
  const method = job.outcome?.method ?? draft.method;
  return { ...draft, lines, method };
}

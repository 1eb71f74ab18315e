/** Input that is not yet a fact: kept as text by the phone's engine, which never reads it. */
import type { LineOutcome, SignerRole, Strokes } from '../../api/generated/field';

export interface SigningDraft {
  name: string;
  role: SignerRole;
  strokes: Strokes | null;
}

export interface Draft {
  signing: SigningDraft | null;
  lines: LineOutcome[];
}

const VERSION = 1;

export function writeDraft(draft: Draft): string | null {
  if (draft.signing === null && draft.lines.length === 0) return null;
  return JSON.stringify({ version: VERSION, ...draft });
}

/** Reads a draft; one of another age of the app is forgotten, because it was never called saved. */
export function readDraft(text: string | null): Draft {
  const empty: Draft = { signing: null, lines: [] };
  if (text === null) return empty;
  try {
    const said = JSON.parse(text) as Partial<Draft> & { version?: number };
    if (said.version !== VERSION) return empty;
    return { signing: said.signing ?? null, lines: said.lines ?? [] };
  } catch {
    return empty;
  }
}

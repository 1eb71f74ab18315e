import { describe, expect, it } from 'vitest';
import { readDraft, writeDraft, type Draft } from './draft';

const draft: Draft = {
  signing: { name: 'Zoë', role: 'neighbour', strokes: { width: 40, height: 20, strokes: [[[1, 2, 3]]] } },
  lines: [{ item_id: 'i1', delivered: 1, refused: 1, damaged: 0, missing: 0 }],
};

describe('a draft', () => {
  it('reads back as it was written', () => {
    expect(readDraft(writeDraft(draft))).toEqual(draft);
  });

  it('is forgotten when nothing is left in it', () => {
    expect(writeDraft({ signing: null, lines: [] })).toBeNull();
  });

  it('of another age or broken is empty, never an error', () => {
    const empty = { signing: null, lines: [] };
    for (const text of [null, '', '{', '{"version":99,"lines":[1]}', 'null']) expect(readDraft(text)).toEqual(empty);
  });
});

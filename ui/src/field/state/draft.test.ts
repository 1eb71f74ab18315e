import { describe, expect, it } from 'vitest';
import type { JobView } from '../../api/generated/field';
import { draftAfterUndo, readDraft, writeDraft, type Draft } from './draft';

const draft: Draft = {
  signing: { name: 'Zoë', role: 'neighbour', strokes: { width: 40, height: 20, strokes: [[[1, 2, 3]]] }, reservation: '' },
  lines: [{ item_id: 'i1', delivered: 1, refused: 1, damaged: 0, missing: 0 }],
  method: 'neighbour',
};

describe('a draft', () => {
  it('reads back as it was written', () => {
    expect(readDraft(writeDraft(draft))).toEqual(draft);
  });

  it('is forgotten when nothing is left in it', () => {
    expect(writeDraft({ signing: null, lines: [], method: 'recipient' })).toBeNull();
  });

  it('of another age or broken is empty, never an error', () => {
    const empty = { signing: null, lines: [], method: 'recipient' };
    for (const text of [null, '', '{', '{"version":99,"lines":[1]}', 'null']) expect(readDraft(text)).toEqual(empty);
  });

  it('keeps the count when a delivery is taken back', () => {
    const [part] = draft.lines;
    const items = [{ item_id: 'i1', outcome: part }, { item_id: 'i2', outcome: null }];
    const taken = draftAfterUndo({ items, signature: {}, draft: null } as unknown as JobView);
    expect(taken).toEqual({ signing: null, lines: [part], method: 'recipient' });
  });
});

import { describe, expect, it } from 'vitest';
import { Problem, type Host } from '../../host/host';
import { Phone } from './phone.svelte';

/** A host whose answers to the named commands come when the test says so. */
function slowHost(...slow: string[]) {
  const said: string[] = [];
  const held: { answer: () => void; refuse: (problem: Problem) => void }[] = [];
  let shots = 0;
  const host = {
    call: (command: string, args: { shot?: string; draft?: string }) => {
      if (command === 'job' || command === 'run') return Promise.resolve({});
      said.push(args.shot ?? args.draft ?? command);
      if (!slow.includes(command)) return Promise.resolve({});
      return new Promise((resolve, reject) => held.push({ answer: () => resolve({}), refuse: reject }));
    },
    takePhoto: () => Promise.resolve(`shot ${(shots += 1)}`),
    blobUrl: (hash: string) => hash,
    onChanged: () => () => undefined,
  } as unknown as Host;
  return { phone: new Phone(host), said, held };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));
const picture = new Blob();

describe('the phone', () => {
  it('writes a tap down while the office is being spoken to', async () => {
    const { phone, held } = slowHost('sync_now');
    const sent = phone.syncNow();
    expect([phone.isSending, phone.isWriting]).toEqual([true, false]);
    expect(await phone.step('load')).toBe(true);
    held[0]?.answer();
    await sent;
    expect(phone.isSending).toBe(false);
  });

  it('takes photos one after another and drops none', async () => {
    const { phone, said, held } = slowHost('add_photo');
    const added = [phone.addPhoto(picture, 'goods'), phone.addPhoto(picture, 'place')];
    await settled();
    expect(said).toEqual(['shot 1']);
    held[0]?.answer();
    await settled();
    expect(said).toEqual(['shot 1', 'shot 2']);
    held[1]?.answer();
    expect(await Promise.all(added)).toEqual([true, true]);
  });

  it('lets a tap wait for a photo instead of refusing it', async () => {
    const { phone, said, held } = slowHost('add_photo');
    const added = phone.addPhoto(picture, 'goods');
    expect(phone.isWriting).toBe(false);
    const delivered = phone.deliver([], 'recipient');
    expect(phone.isWriting).toBe(true);
    await settled();
    expect(said).toEqual(['shot 1']);
    held[0]?.answer();
    expect(await Promise.all([added, delivered])).toEqual([true, true]);
    expect(said).toEqual(['shot 1', 'deliver']);
    expect(phone.isWriting).toBe(false);
  });

  it('says that a photo was refused, and still takes the next', async () => {
    const { phone, held } = slowHost('add_photo');
    const added = [phone.addPhoto(picture, 'goods'), phone.addPhoto(picture, 'goods')];
    await settled();
    held[0]?.refuse(new Problem('photo_unreadable', 'never', ''));
    await settled();
    held[1]?.answer();
    expect(await Promise.all(added)).toEqual([false, true]);
    expect(phone.refused?.code).toBe('photo_unreadable');
  });

  it('keeps drafts in the order in which they were written, and none is lost', async () => {
    const { phone, said, held } = slowHost('save_draft');
    const kept = ['one', 'two', 'three'].map((draft) => phone.saveDraft(draft));
    for (const [at, draft] of ['one', 'two', 'three'].entries()) {
      await settled();
      expect(said.at(-1)).toBe(draft);
      expect(said.length).toBe(at + 1);
      held[at]?.answer();
    }
    await Promise.all(kept);
  });

  it('goes on keeping drafts after one was refused, and writes a tap behind them', async () => {
    const { phone, said, held } = slowHost('save_draft');
    const kept = [phone.saveDraft('one'), phone.saveDraft('two')];
    const delivered = phone.deliver([], 'recipient');
    await settled();
    held[0]?.refuse(new Problem('store_full', 'later', ''));
    await settled();
    expect(phone.refused?.code).toBe('store_full');
    held[1]?.answer();
    await Promise.all([...kept, delivered]);
    expect(said).toEqual(['one', 'two', 'deliver']);
  });

  it('says what is refused in the sheet that asked, and carries nothing from one into the next', async () => {
    const { phone, held } = slowHost('deliver');
    const delivered = phone.deliver([], 'recipient');
    await settled();
    held[0]?.refuse(new Problem('store_full', 'later', ''));
    await delivered;
    expect(phone.refusedOnPage?.code).toBe('store_full');
    const close = phone.openSheet();
    expect(phone.refused).toBeNull();
    const again = phone.deliver([], 'recipient');
    await settled();
    held[1]?.refuse(new Problem('store_full', 'later', ''));
    await again;
    expect([phone.refused?.code, phone.refusedOnPage]).toEqual(['store_full', null]);
    close();
    expect(phone.refused).toBeNull();
  });
});

import { describe, expect, it } from 'vitest';
import type { LoadJob, LoadLine } from '../../api/generated/field';
import { Problem, type Host } from '../../host/host';
import { Dock } from './dock.svelte';
import { Phone } from './phone.svelte';

const line = { item_id: 'i1', text: 'Board', unit: 'pcs', code: 'B1', quantity: 5, aboard: 0, open: 5, differences: [] } as LoadLine;
const job = { job_id: 'j1', order: 'SO1', customer: 'Halden', city: 'Leeds', lines: [line] } as unknown as LoadJob;

/** A dock whose host counts what is put by hand and can refuse what is taken back. */
function dockOf(undo: () => Promise<unknown> = () => Promise.resolve({ fact_id: 'f2' })) {
  const said: string[] = [];
  let aboard = 0;
  const host = {
    call: (command: string, args: { quantity?: number; fact_id?: string }) => {
      if (command === 'dock') return Promise.resolve({ jobs: [{ ...job, lines: [{ ...line, aboard }] }] });
      said.push(`${command} ${args.fact_id ?? ''}`.trim());
      if (command === 'undo') return undo();
      aboard += args.quantity ?? 0;
      return Promise.resolve({ fact_id: 'f1' });
    },
    onChanged: () => () => undefined,
  } as unknown as Host;
  const phone = new Phone(host);
  return { phone, dock: new Dock(phone, 'r1'), said };
}

describe('the dock', () => {
  it('shows what was put by hand and takes it back like a scan', async () => {
    const { dock, said } = dockOf();
    expect(await dock.putByHand({ job, line }, 3, 'by_hand')).toBe(true);
    expect(dock.last).toMatchObject({ outcome: 'taken', fact_id: 'f1', text: 'Board', have: 3, quantity: 5 });
    await dock.undoLast();
    expect([dock.last, said]).toEqual([null, ['put_by_hand', 'undo f1']]);
  });

  it('takes back once, however often it is tapped', async () => {
    const { dock, said } = dockOf();
    await dock.putByHand({ job, line }, 1, 'by_hand');
    await Promise.all([dock.undoLast(), dock.undoLast()]);
    expect(said.filter((each) => each.startsWith('undo'))).toEqual(['undo f1']);
  });

  it('still offers to take back what could not be taken back', async () => {
    const { dock, phone } = dockOf(() => Promise.reject(new Problem('store_full', 'later', '')));
    await dock.putByHand({ job, line }, 1, 'by_hand');
    await dock.undoLast();
    expect([dock.last?.fact_id, phone.refused?.code]).toEqual(['f1', 'store_full']);
  });
});

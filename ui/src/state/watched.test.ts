import { describe, expect, it } from 'vitest';
import { Problem } from '../host/host';
import { Watched } from './watched.svelte';

describe('a watched view', () => {
  it('drops an answer that a later question has overtaken', async () => {
    const answers: ((value: string) => void)[] = [];
    const view = new Watched(() => new Promise<string>((resolve) => answers.push(resolve)));
    const [first, second] = [view.read(), view.read()];
    answers[1]?.('new');
    answers[0]?.('old');
    await Promise.all([first, second]);
    expect(view.value).toBe('new');
  });

  it('keeps what it showed when reading fails, and says so', async () => {
    let isBroken = false;
    const view = new Watched(() => (isBroken ? Promise.reject(new Problem('store_failed', 'later', '')) : Promise.resolve(1)));
    await view.read();
    isBroken = true;
    await view.read();
    expect([view.value, view.problem?.code]).toEqual([1, 'store_failed']);
    isBroken = false;
    await view.read();
    expect(view.problem).toBeNull();
  });
});

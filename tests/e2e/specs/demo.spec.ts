// What the README shows first: the demo starts, its phones hold their day, and the office sees what was done ahead.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { Running } from '../world/process.ts';
import { signIn } from '../world/world.ts';

test('the demo comes up with a day of work in it', async ({ browser }) => {
  const dir = mkdtempSync(path.join(tmpdir(), 'waybill-demo-'));
  const phones: string[] = [];
  const heard = (line: string) => {
    const phone = /(http\S+)\/bench/.exec(line)?.[1];
    if (phone) phones.push(phone);
  };
  const [demo, office] = await Running.start('waybill-demo', [dir], /Office\s+(\S+)/, heard);
  try {
    await expect.poll(() => phones.length).toBe(3);
    const desk = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
    await signIn(desk, office, 'dan');
    await expect(desk.locator('[data-test="run-row"]').first()).toBeVisible();
    const context = await browser.newContext({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
    const loader = await context.newPage();
    await loader.goto(phones[2]!);
    await expect(loader.locator('[data-test="run-card"], [data-test="dock-open"]').first()).toBeVisible();
  } finally {
    await demo.stop();
    rmSync(dir, { recursive: true, force: true });
  }
});

// The dock: two loaders without a network, what differs, who signs, and the gate.
import { expect, test, type Browser, type Page } from '@playwright/test';
import { draw, look } from '../world/look.ts';
import { here } from '../world/process.ts';
import { World, type BenchPhone } from '../world/world.ts';

const PHONE = { width: 360, height: 740 };
const TARGET_PX = 48;

/** What is printed on every toner of the day: the last job's go in first. */
const TONER = '6965569537674';

let world: World;
let one: BenchPhone;
let other: BenchPhone;

test.beforeAll(async () => {
  world = await World.begin();
  await world.ada.send('PUT', '/v1/people/lou', { name: 'Lou Bennett', role: 'loader', depots: ['leeds'] });
  await world.planRun('R1', 3);
  [one, other] = [await world.phone('dock-1'), await world.phone('dock-2')];
  await one.enrol(world, 'lou', 'Dock scanner 1');
  await other.enrol(world, 'lou', 'Dock scanner 2');
});

test.afterAll(async () => {
  await world.end();
});

async function open(browser: Browser, device: BenchPhone, locale = 'en-GB', colorScheme: 'light' | 'dark' = 'light'): Promise<Page> {
  const options = { viewport: PHONE, hasTouch: true, isMobile: true, deviceScaleFactor: 2, locale, colorScheme };
  const page = await (await browser.newContext(options)).newPage();
  await page.goto(`${device.url}/#/run/R1/dock`);
  await expect(page.getByTestId('dock-units')).toBeVisible();
  return page;
}

/** What a scanner that types sends. */
async function scan(page: Page, code: string): Promise<void> {
  await page.keyboard.type(code, { delay: 1 });
  await page.keyboard.press('Enter');
}

test('two loaders scan one vehicle in airplane mode and agree afterwards', async ({ browser }) => {
  await one.airplane(true);
  await other.airplane(true);
  const [at, also] = [await open(browser, one), await open(browser, other)];
  await look(at, 'dock-begin');
  await scan(at, TONER);
  await expect(at.getByTestId('scan-sign')).toHaveAttribute('data-code', 'taken');
  await look(at, 'dock-taken');
  await scan(at, TONER);
  await expect(at.getByTestId('scan-sign')).toContainText('2');
  await scan(at, 'NOBODY-KNOWS');
  await expect(at.getByTestId('scan-sign')).toHaveAttribute('data-code', 'unexpected');
  await scan(also, TONER);
  await expect(also.getByTestId('scan-sign')).toHaveAttribute('data-code', 'taken');

  await one.airplane(false);
  await other.airplane(false);
  for (const phone of [one, other, one]) await phone.call('sync_now', {});
  for (const page of [at, also]) await expect(page.getByTestId('load-count-R1-J003-1')).toContainText('3');
});

test('what is not there is said, both sign, and the vehicle leaves', async ({ browser }) => {
  const page = await open(browser, one);
  for (const line of ['J001-1', 'J001-2', 'J002-1', 'J002-2', 'J003-1', 'J003-2']) {
    await page.getByTestId(`load-line-R1-${line}`).tap();
    await page.getByTestId('load-what-short').check({ force: true });
    if (line === 'J002-1') {
      await page.getByTestId('load-what-damaged').check({ force: true });
      await page.getByTestId('load-photo').setInputFiles(here('world/goods.jpg'));
      await look(page, 'dock-line');
    }
    for (const button of await page.getByTestId('load-line').locator('button:visible').all()) {
      const box = (await button.boundingBox())!;
      expect(Math.round(box.height), await button.innerText()).toBeGreaterThanOrEqual(TARGET_PX);
    }
    await page.getByTestId('load-keep').tap();
    await expect(page.getByTestId('load-line')).toHaveCount(0);
  }
  await page.getByTestId('dock-seal').tap();
  await page.getByTestId('seal-number').fill('S-4711');
  await draw(page, 'seal-pad');
  await look(page, 'dock-seal');
  await page.getByTestId('seal-done').tap();
  await expect(page.getByTestId('seal-loader')).toContainText('Lou Bennett');
  await page.getByTestId('dock-depart').tap();
  await look(page, 'dock-depart');
  await page.getByTestId('depart-confirm').tap();
  await expect(page.getByTestId('departed')).toBeVisible();
  await look(page, 'dock-departed');
});

test('the dock speaks every language, in the dark too', async ({ browser }) => {
  for (const locale of ['de-DE', 'ar-EG', 'es-ES', 'pl-PL']) {
    const page = await open(browser, other, locale, locale === 'de-DE' ? 'dark' : 'light');
    await look(page, `dock-${locale}`);
  }
});

test('a code that cannot be read is typed, with the reason', async ({ browser }) => {
  await world.planRun('R2', 1);
  await one.call('sync_now', {});
  const page = await open(browser, one);
  await page.goto(`${one.url}/#/run/R2/dock`);
  await page.getByTestId('scan-type').tap();
  await page.getByTestId('scan-code').fill(TONER);
  await page.getByTestId('scan-enter').tap();
  await expect(page.getByTestId('scan-sign')).toHaveAttribute('data-code', 'taken');
  await page.getByTestId('scan-undo').tap();
  await expect(page.getByTestId('load-count-R2-J001-1')).toContainText('0');
});

/** How the next scan or typed code was recorded: the reason it was typed for, or nothing. */
async function byHand(page: Page, act: () => Promise<void>): Promise<string | null> {
  const [asked] = await Promise.all([page.waitForRequest('**/ipc/scan_aboard'), act()]);
  return (asked.postDataJSON() as { by_hand: string | null }).by_hand;
}

test('a scanner is heard after a typed code, and while a list or a button has the focus', async ({ browser }) => {
  const page = await open(browser, one);
  await page.goto(`${one.url}/#/run/R2/dock`);
  const typed = async () => {
    await page.getByTestId('scan-type').tap();
    await page.getByTestId('scan-code').fill('٦٩٦٥٥٦٩٥٣٧٦٧٤');
    await page.getByTestId('scan-enter').tap();
  };
  expect(await byHand(page, typed)).toBe('label_unreadable');
  await expect(page.getByTestId('scan-sign')).toHaveAttribute('data-code', 'taken');
  await expect(page.getByTestId('scan-code')).toHaveCount(0);
  expect(await byHand(page, () => scan(page, TONER))).toBeNull();

  await page.getByTestId('scan-type').tap();
  await page.getByTestId('scan-why').focus();
  expect(await byHand(page, () => scan(page, TONER))).toBeNull();
  await expect(page.getByTestId('scan-why')).toHaveValue('label_unreadable');
  await page.getByTestId('scan-undo').focus();
  expect(await byHand(page, () => scan(page, 'NOBODY KNOWS'))).toBeNull();
  await expect(page.getByTestId('scan-sign')).toHaveAttribute('data-code', 'unexpected');
  await expect(page.getByTestId('load-count-R2-J001-1'), 'no press of the focused button took one back').toContainText('3');
});

test('what was put by hand is taken back like a scan', async ({ browser }) => {
  const page = await open(browser, one);
  await page.goto(`${one.url}/#/run/R2/dock`);
  await page.getByTestId('load-line-R2-J001-2').tap();
  await page.getByTestId('load-keep').tap();
  await expect(page.getByTestId('load-count-R2-J001-2')).toContainText('2 of');
  await expect(page.getByTestId('scan-sign')).toContainText('Copy paper');
  await page.getByTestId('scan-undo').tap();
  await expect(page.getByTestId('load-count-R2-J001-2')).toContainText('0 of');
  await expect(page.getByTestId('scan-undo')).toHaveCount(0);
});

test('nobody signs for a load that changed under their hand', async ({ browser }) => {
  const page = await open(browser, one);
  await page.goto(`${one.url}/#/run/R2/dock`);
  await page.getByTestId('dock-seal').tap();
  const before = await page.getByTestId('seal-units').innerText();
  await draw(page, 'seal-pad');
  await one.call('scan_aboard', { run_id: 'R2', code: '9083929739424', by_hand: null });
  await expect(page.getByTestId('seal-changed')).toBeVisible();
  await expect(page.getByTestId('seal-units')).toHaveText(before);
  await expect(page.getByTestId('seal-done')).toBeDisabled();
  await page.getByTestId('seal-name').scrollIntoViewIfNeeded();
  await look(page, 'dock-seal-changed');
  await page.getByTestId('seal-take').tap();
  await expect(page.getByTestId('seal-units')).not.toHaveText(before);
  await expect(page.getByTestId('seal-changed')).toHaveCount(0);
  await draw(page, 'seal-pad');
  await page.getByTestId('seal-done').tap();
  await expect(page.getByTestId('seal-loader')).toContainText('Lou Bennett');
});

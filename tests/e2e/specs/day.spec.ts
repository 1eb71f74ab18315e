// A driver's day beside the doors, with no network: the vehicle, a break, words for the office, what the office
// changed, the evening, signing out, and what left the phone.
import { expect, test, type Browser, type BrowserContextOptions, type Page } from '@playwright/test';
import { draw, look } from '../world/look.ts';
import { Api, World, run, type BenchPhone } from '../world/world.ts';

const SMALL = { width: 360, height: 740 };
const EYES: [string, BrowserContextOptions][] = [
  ['light', { viewport: SMALL }],
  ['dark', { viewport: SMALL, colorScheme: 'dark' }],
  ['german', { viewport: SMALL, locale: 'de-DE' }],
  ['arabic', { viewport: SMALL, locale: 'ar-EG' }],
];
const JOB = { run_id: 'R1', job_id: 'R1-J001' };

let world: World;
let device: BenchPhone;
let dan: Api;

test.beforeAll(async () => {
  world = await World.begin();
  dan = await new Api(world.url).as('dan');
  const plain = run('R1', 4);
  const jobs = plain.jobs.map((job, at) => (at === 0 ? { ...job, spec: { ...job.spec, cash_due: { minor: 5230, currency: 'GBP' } } } : job));
  await dan.send('PUT', '/v1/runs/R1', { ...plain, jobs });
  device = await world.phone('van-7');
  await device.enrol(world, 'priya', 'Van 7 phone');
  await device.airplane(true);
});

test.afterAll(async () => {
  await world.end();
});

async function open(browser: Browser, at: string, more: BrowserContextOptions = { viewport: SMALL }): Promise<Page> {
  const context = await browser.newContext({ hasTouch: true, isMobile: true, deviceScaleFactor: 2, ...more });
  const page = await context.newPage();
  await page.goto(`${device.url}/#${at}`);
  return page;
}

async function isCalm(page: Page): Promise<void> {
  const found = await page.evaluate(() => ({
    sideways: document.documentElement.scrollWidth - innerWidth,
    small: [...document.querySelectorAll<HTMLElement>('main a, main button')]
      .map((each) => ({ each, box: each.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0 && box.height < 48)
      .map(({ each, box }) => `${each.dataset.test}: ${box.height}`),
  }));
  expect(found).toEqual({ sideways: 0, small: [] });
}

test('the morning: the phone says what it has, and the vehicle is looked over', async ({ browser }) => {
  const page = await open(browser, '/run/R1');
  await expect(page.getByTestId('day-open')).toHaveAttribute('data-code', 'unchecked');
  await page.getByTestId('day-open').tap();
  await expect(page.getByTestId('kit')).toBeVisible();
  await page.getByTestId('vehicle-open').tap();
  await page.getByTestId('bad-tyres').tap();
  await page.getByTestId('vehicle-rest').tap();
  await expect(page.getByTestId('vehicle-keep')).toBeDisabled();
  await page.getByTestId('note-tyres').fill('Rear left is flat');
  await page.getByTestId('vehicle-km').fill('٨١٢٣٠');
  await look(page, 'day-vehicle');
  await page.getByTestId('vehicle-keep').tap();
  await expect(page.getByTestId('vehicle-found')).toContainText('81,230');
  await page.goto(`${device.url}/#/run/R1`);
  await expect(page.getByTestId('day-open')).toHaveAttribute('data-code', 'day');
});

test('a break lasts over a kill, and words for the office wait for a network', async ({ browser }) => {
  const page = await open(browser, '/run/R1/day');
  await page.getByTestId('break-begin').tap();
  await expect(page.getByTestId('break-resting')).toBeVisible();
  await device.kill();
  await device.reopen();
  await device.airplane(true);
  await page.reload();
  await page.getByTestId('break-end').tap();
  await expect(page.getByTestId('break-begin')).toBeVisible();
  await page.getByTestId('message-open').tap();
  await page.getByTestId('preset-running_late').check({ force: true });
  await page.getByTestId('message-words').fill('Twenty minutes');
  await look(page, 'day-message');
  await page.getByTestId('message-keep').tap();
  await expect(page.getByTestId('message')).toContainText('Twenty minutes');
});

test('what the office changed is read from a card, and only once', async ({ browser }) => {
  await device.airplane(false);
  await device.call('sync_now', {});
  const told = (await dan.send('GET', '/v1/runs/R1/jobs/R1-J002')) as { window: { from_ms: number; to_ms: number } };
  const later = { from_ms: told.window.from_ms + 3_600_000, to_ms: told.window.to_ms + 3_600_000 };
  await dan.send('PATCH', '/v1/runs/R1/jobs/R1-J002', { window: later, note: 'Use the side door' });
  await device.call('sync_now', {});
  await device.airplane(true);
  const page = await open(browser, '/run/R1');
  await expect(page.locator('[data-job="R1-J002"]').getByTestId('mark-changed')).toBeVisible();
  await page.goto(`${device.url}/#/run/R1/job/R1-J002`);
  await expect(page.getByTestId('change')).toContainText('Use the side door');
  await look(page, 'day-change');
  await isCalm(page);
  await page.getByTestId('change-seen').tap();
  await expect(page.getByTestId('change')).toHaveCount(0);
  await device.kill();
  await device.reopen();
  await device.airplane(true);
  await page.reload();
  await expect(page.getByTestId('job-customer')).toBeVisible();
  await expect(page.getByTestId('change')).toHaveCount(0);
});

test('what was given instead is said, photographed and shown to the customer', async ({ browser }) => {
  await device.call('arrive', { run_id: 'R1', job_id: 'R1-J004' });
  const page = await open(browser, '/run/R1/job/R1-J004');
  await page.getByTestId('difference-open').tap();
  await page.getByTestId('substituted-1-more').tap();
  await expect(page.getByTestId('delivered-1')).toContainText('3');
  await expect(page.getByTestId('difference-keep')).toBeDisabled();
  await page.getByTestId('why-1').fill('Toner cartridge 26A');
  await look(page, 'door-replaced');
  await page.getByTestId('difference-keep').tap();
  await expect(page.locator('[data-item="1"]')).toContainText('Toner cartridge 26A');
  await page.goto(`${device.url}/#/run/R1`);
  await page.goto(`${device.url}/#/run/R1/job/R1-J004`);
  await expect(page.locator('[data-item="1"]')).toContainText('Toner cartridge 26A');
});

test('the evening: what comes home is counted, and two people sign for goods and money', async ({ browser }) => {
  await device.call('arrive', JOB);
  await device.call('take_cash', { ...JOB, minor: 5230, method: 'cash', reason: '' });
  const line = { item_id: '1', delivered: 3, refused: 1, damaged: 0, missing: 0, why: 'one too many' };
  await device.call('deliver', { ...JOB, lines: [line] });
  for (const job_id of ['R1-J002', 'R1-J003']) await device.call('fail', { run_id: 'R1', job_id, reason: 'out_of_time', note: 'Closed at noon' });
  const page = await open(browser, '/run/R1/day');
  await page.getByTestId('back-R1-J001').tap();
  await look(page, 'day-back');
  await page.getByTestId('back-keep').tap();
  await expect(page.getByTestId('evening-cash')).toHaveText('£52.30');
  for (const [role, name] of [['driver', ''], ['dispatcher', 'Dan Okafor']]) {
    await page.getByTestId('debrief-open').tap();
    if (name) {
      await page.getByTestId(`debrief-role-${role}`).check({ force: true });
      await page.getByTestId('debrief-name').fill(name);
      await page.getByTestId('debrief-cash-GBP').fill('50.00');
      await page.getByTestId('debrief-why').fill('Change for the parking meter');
    }
    await draw(page, 'debrief-pad');
    if (name) await look(page, 'day-debrief');
    await page.getByTestId('debrief-done').tap();
    await expect(page.getByTestId(`debrief-${role}`)).toBeVisible();
  }
  for (const [eyes, more] of EYES) {
    const seen = await open(browser, '/run/R1/day', more);
    await expect(seen.getByTestId('debrief-dispatcher')).toBeVisible();
    await isCalm(seen);
    await look(seen, `day-${eyes}`);
    await seen.context().close();
  }
});

test('who signs out sees nothing more, loses nothing, and signs in again', async ({ browser }) => {
  const page = await open(browser, '/ledger');
  await expect(page.getByTestId('ledger-photos')).toBeVisible();
  await look(page, 'day-ledger');
  await page.goto(`${device.url}/#/trust`);
  await page.getByTestId('sign-out').tap();
  await expect(page.getByTestId('signed-out')).toBeVisible();
  for (const [eyes, more] of EYES) {
    const seen = await open(browser, '/run/R1', more);
    await expect(seen.getByTestId('signed-out')).toBeVisible();
    await isCalm(seen);
    await look(seen, `signed-out-${eyes}`);
    await seen.context().close();
  }
  await page.getByTestId('sign-in').tap();
  await page.goto(`${device.url}/#/run/R1/day`);
  await expect(page.getByTestId('debrief-driver')).toBeVisible();
});

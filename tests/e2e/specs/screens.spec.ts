// The same screens for other eyes: dark, German, Arabic, offline, long lists, errors.
import { expect, test, type Browser, type BrowserContextOptions, type Page } from '@playwright/test';
import { look } from '../world/look.ts';
import { World, signIn, type BenchPhone } from '../world/world.ts';

const SMALL = { width: 360, height: 740 };
const LARGE = { width: 412, height: 915 };

let world: World;
let device: BenchPhone;

test.beforeAll(async () => {
  world = await World.begin();
  await world.planRun('R1', 120);
  device = await world.phone('van-7');
  await device.enrol(world, 'priya', 'Van 7 phone');
});

test.afterAll(async () => {
  await world.end();
});

async function open(browser: Browser, more: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext({ hasTouch: true, isMobile: true, deviceScaleFactor: 2, ...more });
  return context.newPage();
}

const eyes: [string, BrowserContextOptions][] = [
  ['light', { viewport: SMALL }],
  ['dark', { viewport: LARGE, colorScheme: 'dark' }],
  ['german', { viewport: SMALL, locale: 'de-DE' }],
  ['polish', { viewport: SMALL, locale: 'pl-PL' }],
  ['spanish', { viewport: SMALL, locale: 'es-ES' }],
  ['arabic', { viewport: SMALL, locale: 'ar-EG', colorScheme: 'dark' }],
];

for (const [name, options] of eyes) {
  test(`the field app reads well: ${name}`, async ({ browser }) => {
    const page = await open(browser, options);
    await page.goto(device.url);
    await expect(page.getByTestId('job-row').first()).toBeVisible();
    expect(await page.locator('html').getAttribute('dir')).toBe(name === 'arabic' ? 'rtl' : 'ltr');
    await look(page, `field-run-${name}`);
    await page.goto(`${device.url}/#/run/R1/job/R1-J002`);
    await expect(page.getByTestId('act-arrive')).toBeVisible();
    await look(page, `field-job-${name}`);
    await page.goto(`${device.url}/#/trust`);
    await expect(page.getByTestId('trust-office')).toBeVisible();
    await look(page, `field-trust-${name}`);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow, 'nothing sticks out sideways').toBeLessThanOrEqual(0);
  });
}

test('a run of 120 jobs is drawn with the network cut, and every target is large enough for a glove', async ({ browser }) => {
  await device.airplane(true);
  const page = await open(browser, { viewport: SMALL });
  await page.goto(device.url);
  await expect(page.getByTestId('job-row')).toHaveCount(119);
  await expect(page.getByTestId('next-job')).toBeVisible();
  const small = await page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('a, button')]
      .map((each) => ({ each, box: each.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0 && box.height < 48)
      .map(({ each, box }) => `${each.dataset.test ?? each.outerHTML.slice(0, 80)}: ${box.height}`),
  );
  expect(small).toEqual([]);
  await device.airplane(false);
});

test('a driver reorders and the office sees the new order', async ({ browser }) => {
  const page = await open(browser, { viewport: SMALL });
  await page.goto(device.url);
  await page.getByTestId('order-mode').tap();
  const rows = page.getByTestId('order-row');
  await expect(rows.first()).toBeVisible();
  await look(page, 'field-order');
  const first = await rows.first().getAttribute('data-job');
  await rows.first().getByTestId('move-down').tap();
  await expect(rows.nth(1)).toHaveAttribute('data-job', first!);
  await device.call('sync_now', {});
  const run = (await world.ada.send('GET', '/v1/runs/R1')) as { jobs: { job_id: string }[] };
  expect(run.jobs[1]!.job_id).toBe(first);
});

test('an error says what it is and what to do', async ({ browser }) => {
  const fresh = await world.phone('fresh');
  const page = await open(browser, { viewport: SMALL });
  await page.goto(fresh.url);
  await page.getByTestId('enrol-link').fill('https://elsewhere.example');
  await page.getByTestId('enrol-device').fill('Van 9');
  await page.getByTestId('enrol-submit').click();
  await expect(page.getByTestId('problem')).toHaveAttribute('data-code', 'link_invalid');
  await look(page, 'field-enrol-error');
});

test('the office reads well in the dark, in Arabic and on a wide screen', async ({ browser }) => {
  const options: [string, BrowserContextOptions][] = [
    ['dark', { viewport: { width: 1920, height: 1080 }, colorScheme: 'dark' }],
    ['german', { viewport: { width: 1280, height: 800 }, locale: 'de-DE' }],
    ['arabic', { viewport: { width: 1280, height: 800 }, locale: 'ar-EG' }],
  ];
  for (const [name, option] of options) {
    const page = await (await browser.newContext(option)).newPage();
    await signIn(page, world.url, 'dan');
    await expect(page.getByTestId('run-row')).toHaveCount(1);
    await look(page, `office-runs-${name}`);
    await page.goto(`${world.url}/#/runs/R1`);
    await expect(page.getByTestId('job-row')).toHaveCount(120);
    await look(page, `office-run-${name}`);
  }
});

test('the bench of a desktop shows the phone and its switches', async ({ browser }) => {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 960 } })).newPage();
  await page.goto(`${device.url}/bench`);
  await expect(page.frameLocator('iframe').getByTestId('next-job')).toBeVisible();
  await look(page, 'bench');
});

test('the office says when it cannot read its people, and an incident is closed once', async ({ browser }) => {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
  await signIn(page, world.url, 'ada');
  const failed = { code: 'hub_failed', detail: '' };
  await page.route('**/v1/people', (route) => route.fulfill({ status: 500, json: failed }));
  const incidents = [{ incident: 'facts_quarantined', about: 'x', owner: 'admin', severity: 'high', opened_at_ms: 0, due_at_ms: 0 }];
  await page.route('**/v1/devices', async (route) => {
    const said = (await (await route.fetch()).json()) as { devices: object[] };
    await route.fulfill({ json: { ...said, devices: said.devices.map((each) => ({ ...each, incidents })) } });
  });
  let answer = (): void => undefined;
  const asked = new Promise<void>((resolve) => (answer = resolve));
  await page.route('**/incidents/close', async (route) => {
    await asked;
    await route.fulfill({ json: {} });
  });
  await page.goto(`${world.url}/#/access`);
  await expect(page.getByTestId('problem')).toHaveAttribute('data-code', 'hub_failed');
  const close = page.getByTestId('incident-close').first();
  await expect(close).toHaveAccessibleName(/^Dealt with: .+, Van 7 phone$/);
  await look(page, 'office-access-problem');
  await close.click();
  await expect(close).toBeDisabled();
  answer();
  await expect(close).toBeEnabled();
  await page.unroute('**/v1/people');
  await page.getByTestId('retry').click();
  await expect(page.getByTestId('person-row').first()).toBeVisible();
});

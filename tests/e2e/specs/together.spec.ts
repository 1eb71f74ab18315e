// Three orders of one customer at one place: one arrival, one signature, one hand-over, three proofs.
import { expect, test, type Browser, type BrowserContextOptions, type Page } from '@playwright/test';
import { draw, look, takeBack } from '../world/look.ts';
import { World, type BenchPhone } from '../world/world.ts';

const PHONE = { width: 360, height: 740 };

let world: World;
let device: BenchPhone;

test.beforeAll(async () => {
  world = await World.begin();
  await world.planVisit('R1', 5, [{}, {}, {}]);
  await world.planVisit('R2', 3, [{}, { cash_due: { minor: 4_250, currency: 'GBP' } as never }]);
  await world.planVisit('R4', 4, [{}, {}], 1);
  device = await world.phone('van-7');
  await device.enrol(world, 'priya', 'Van 7 phone');
  await device.airplane(true);
});

test.afterAll(async () => {
  await world.end();
});

async function open(browser: Browser, more: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: PHONE, hasTouch: true, isMobile: true, deviceScaleFactor: 2, ...more });
  return context.newPage();
}

const eyes: [string, BrowserContextOptions][] = [
  ['light', {}],
  ['dark', { colorScheme: 'dark' }],
  ['german', { locale: 'de-DE' }],
  ['arabic', { locale: 'ar-EG', colorScheme: 'dark' }],
];

for (const [name, options] of eyes) {
  test(`a visit reads well: ${name}`, async ({ browser }) => {
    const page = await open(browser, options);
    await page.goto(`${device.url}/#/run/R4`);
    await expect(page.getByTestId('visit-row').getByTestId('job-row')).toHaveCount(2);
    await look(page, `field-together-list-${name}`);
    await page.goto(`${device.url}/#/run/R1/job/R1-J002`);
    await expect(page.getByTestId('together')).toContainText('SO1001');
    await expect(page.getByTestId('goods')).toHaveCount(3);
    await look(page, `field-together-${name}`);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow, 'nothing sticks out sideways').toBeLessThanOrEqual(0);
  });
}

test('three orders are done with the taps of one, and the office has three proofs', async ({ browser }) => {
  const page = await open(browser);
  await page.goto(`${device.url}/#/run/R1`);
  await expect(page.getByTestId('next-job').getByTestId('visit-count')).toContainText('3');
  await expect(page.getByTestId('job-row'), 'the others stand in the ticket').toHaveCount(2);
  await look(page, 'field-together-run');
  let taps = 0;
  const tap = async (name: string) => {
    taps += 1;
    await page.getByTestId(name).tap();
  };
  await tap('next-job');
  await expect(page.getByTestId('together')).toContainText('SO1002');
  await expect(page.getByTestId('together-choose')).toBeChecked();
  await tap('act-arrive');
  await page.getByTestId('act-sign').waitFor();

  // One unit of the second order is refused; that is said apart from the plain taps.
  const second = page.getByTestId('goods').nth(1);
  await expect(second).toContainText('SO1002');
  await second.getByTestId('difference-open').tap();
  await page.getByTestId('refused-1-more').tap();
  await page.getByTestId('difference-keep').tap();
  await expect(second).toContainText('1 refused');

  await tap('act-sign');
  await expect(page.getByTestId('sign-order')).toHaveCount(3);
  await page.getByTestId('sign-name').fill('Amina Wright');
  await draw(page);
  await look(page, 'field-together-sign');
  // The app is killed in the customer's hand: they go on where they were, with all of the orders.
  await device.kill();
  await device.reopen();
  await page.reload();
  await expect(page.getByTestId('sign-order')).toHaveCount(3);
  await expect(page.getByTestId('sign-name')).toHaveValue('Amina Wright');
  await page.getByTestId('sign-done').tap();
  await expect(page.getByTestId('sign-thanks')).toContainText('Amina Wright');
  taps += 1;
  await takeBack(page);

  const verdicts = page.getByTestId('order-verdict');
  await expect(verdicts).toHaveCount(2);
  await expect(verdicts.nth(0)).toHaveAttribute('data-code', 'ready_with_difference');
  await expect(verdicts.nth(1)).toHaveAttribute('data-code', 'ready');
  await expect(page.getByTestId('act-deliver')).toHaveText('Deliver 3 orders');
  await look(page, 'field-together-deliver');
  await tap('act-deliver');
  await expect(page.getByTestId('outcome')).toBeVisible();
  expect(taps, 'taps of the whole visit, from the list').toBeLessThanOrEqual(5);

  await device.kill();
  await device.reopen();
  for (const [job, status] of [['001', 'delivered'], ['002', 'delivered_in_part'], ['003', 'delivered']]) {
    await page.goto(`${device.url}/#/run/R1/job/R1-J${job}`);
    await page.reload();
    await expect(page.getByTestId('outcome')).toHaveAttribute('data-code', status!);
    await expect(page.getByTestId('signature')).toContainText('Amina Wright');
  }

  await device.airplane(false);
  await device.call('sync_now', {});
  const feed = (await world.ada.send('GET', '/v1/feed?after=0&limit=100')) as { entries: Entry[] };
  const told = feed.entries.map((entry) => [entry.job_id, entry.verdict]).sort();
  expect(told).toEqual([['R1-J001', 'ready'], ['R1-J002', 'ready_with_difference'], ['R1-J003', 'ready']]);
  const proofs = feed.entries.map((entry) => entry.proof);
  expect(proofs[0]).toHaveLength(1);
  expect(proofs, 'one signature is the proof of each').toEqual([proofs[0], proofs[0], proofs[0]]);
  await device.airplane(true);
});

test('what one order needs of its own holds up only that order', async ({ browser }) => {
  const page = await open(browser);
  await page.goto(`${device.url}/#/run/R2/job/R2-J001`);
  await page.getByTestId('act-arrive').tap();
  await page.getByTestId('act-sign').tap();
  await page.getByTestId('sign-name').fill('Amina Wright');
  await draw(page);
  await page.getByTestId('sign-done').tap();
  await takeBack(page);
  const other = page.getByTestId('order-verdict');
  await expect(other).toHaveAttribute('data-ready', 'false');
  await expect(page.getByTestId('act-deliver')).toHaveText('Delivered');
  await look(page, 'field-together-own');
  await page.getByTestId('act-deliver').tap();
  await expect(page.getByTestId('outcome')).toBeVisible();
  await page.goto(`${device.url}/#/run/R2/job/R2-J002`);
  await expect(page.getByTestId('act-cash')).toBeVisible();
  await expect(page.getByTestId('together')).toHaveCount(0);
});

test('a driver who wants to may do each order by itself, and the phone remembers', async ({ browser }) => {
  await world.planVisit('R3', 2, [{}, {}]);
  await device.airplane(false);
  await device.call('sync_now', {});
  const page = await open(browser);
  await page.goto(`${device.url}/#/run/R3/job/R3-J001`);
  await page.getByTestId('together-choose').uncheck();
  await expect(page.getByTestId('goods')).toHaveCount(1);
  await device.kill();
  await device.reopen();
  await page.reload();
  await expect(page.getByTestId('together-choose')).not.toBeChecked();
  await page.getByTestId('act-arrive').tap();
  await expect(page.getByTestId('act-sign')).toBeVisible();
  await page.goto(`${device.url}/#/run/R3/job/R3-J002`);
  await expect(page.getByTestId('act-arrive')).toBeVisible();
});

interface Entry {
  job_id: string;
  verdict: string;
  proof: string[];
}

// What a driver does when the day is not as planned: other counts, other doors, other jobs.
import { expect, test, type Browser, type Page } from '@playwright/test';
import { draw, look, takeBack } from '../world/look.ts';
import { here } from '../world/process.ts';
import { Api, World, signIn, type BenchPhone } from '../world/world.ts';

const PHONE = { width: 360, height: 740 };
const DESK = { width: 1280, height: 800 };
/** The smallest thing that a gloved thumb hits. */
const TARGET_PX = 48;

let world: World;
let device: BenchPhone;

test.beforeAll(async () => {
  world = await World.begin();
  await world.planRun('R1', 5);
  device = await world.phone('van-7');
  await device.enrol(world, 'priya', 'Van 7 phone');
});

test.afterAll(async () => {
  await world.end();
});

async function open(browser: Browser, job: number, locale = 'en-GB'): Promise<Page> {
  const options = { viewport: PHONE, hasTouch: true, isMobile: true, deviceScaleFactor: 2, locale };
  const page = await (await browser.newContext(options)).newPage();
  await page.goto(`${device.url}/#/run/R1/job/R1-J00${job}`);
  await expect(page.getByTestId('job-customer')).toBeVisible();
  return page;
}

/** Every button of a sheet can be hit with one thumb. */
async function isOneHanded(page: Page, sheet: string): Promise<void> {
  for (const button of await page.getByTestId(sheet).locator('button:visible').all()) {
    const box = (await button.boundingBox())!;
    // A scaled screen gives fractions.
    expect(Math.round(box.height), await button.innerText()).toBeGreaterThanOrEqual(TARGET_PX);
  }
}

async function arriveAndSign(page: Page): Promise<void> {
  await page.getByTestId('act-arrive').tap();
  await page.getByTestId('act-sign').or(page.getByTestId('act-photo')).first().waitFor();
  await page.getByTestId('photo-input').setInputFiles(here('world/goods.jpg'));
  await expect(page.getByTestId('photo')).toHaveCount(1);
  await page.getByTestId('act-sign').tap();
  await page.getByTestId('sign-name').fill('Amina Wright');
  await draw(page);
  await page.getByTestId('sign-done').tap();
  await takeBack(page);
  await page.getByTestId('act-deliver').waitFor();
}

test('a count after the signature asks for a new one, and a partial delivery can be taken back', async ({ browser }) => {
  const page = await open(browser, 1);
  await arriveAndSign(page);
  await page.getByTestId('difference-open').tap();
  await page.getByTestId('refused-1-more').tap();
  await page.getByTestId('difference-keep').tap();
  await page.getByTestId('act-deliver').tap();
  await expect(page.getByTestId('recount')).toBeVisible();
  await isOneHanded(page, 'recount');
  await look(page, 'field-recount');
  await page.getByTestId('recount-confirm').tap();
  await expect(page.getByTestId('outcome')).toHaveAttribute('data-code', 'delivered_in_part');

  await page.getByTestId('undo-open').tap();
  await page.getByTestId('undo-reason-by_mistake').check({ force: true });
  await page.getByTestId('undo-confirm').tap();
  await expect(page.getByTestId('outcome')).toHaveCount(0);
  // The count is there again, and so is the question about it.
  await expect(page.getByTestId('item').first()).toContainText('1');
  await page.getByTestId('act-deliver').waitFor();
  await page.getByTestId('difference-open').tap();
  await expect(page.getByTestId('refused-1')).toHaveText('1');
});

test('what the office cancels while the driver stands at the door is recorded all the same', async ({ browser }) => {
  const page = await open(browser, 2);
  await arriveAndSign(page);
  const dan = await new Api(world.url).as('dan');
  await dan.send('PATCH', '/v1/runs/R1/jobs/R1-J002', { standing: 'cancelled' });
  await device.call('sync_now', {});
  await page.reload();
  await expect(page.getByTestId('job-standing')).toHaveAttribute('data-code', 'cancelled');
  await page.getByTestId('act-deliver').tap();
  await expect(page.getByTestId('late')).toBeVisible();
  await isOneHanded(page, 'late');
  await look(page, 'field-late');
  await page.getByTestId('late-confirm').tap();
  await expect(page.getByTestId('outcome')).toHaveAttribute('data-code', 'delivered');
});

test('a failed visit is tried again, counted short, left in a safe place, or its goods come home', async ({ browser }) => {
  const page = await open(browser, 3);
  await page.getByTestId('act-arrive').tap();
  await page.getByTestId('act-fail').tap();
  await page.getByTestId('fail-layer-site').tap();
  await page.getByTestId('fail-reason-closed').tap();
  await page.getByTestId('fail-anyway-office_said').check({ force: true });
  await page.getByTestId('fail-confirm').tap();
  await expect(page.getByTestId('outcome')).toHaveAttribute('data-code', 'failed');
  await page.getByTestId('reattempt-open').tap();
  await isOneHanded(page, 'reattempt');
  await page.getByTestId('reattempt-reason-customer_back').check({ force: true });
  await look(page, 'field-reattempt');
  await page.getByTestId('reattempt-confirm').tap();
  await expect(page.getByTestId('outcome')).toHaveCount(0);

  await page.getByTestId('count-open').tap();
  await isOneHanded(page, 'count');
  await page.getByTestId('count-1-less').tap();
  await look(page, 'field-count');
  await page.getByTestId('count-keep').tap();
  await expect(page.getByTestId('aboard-1')).toContainText('3');

  // The job asks for a signature itself; where it does not, a safe place wants a photo instead.
  await page.getByTestId('act-arrive').tap();
  await page.getByTestId('method-safe_place').check({ force: true });
  await expect(page.getByTestId('method-safe_place')).toBeChecked();
  await page.getByTestId('deliver-anyway').tap();
  await page.getByTestId('anyway-confirm').tap();
  await expect(page.getByTestId('outcome')).toHaveAttribute('data-code', 'delivered_in_part');
  await page.getByTestId('return-open').tap();
  await isOneHanded(page, 'return');
  await page.getByTestId('return-confirm').tap();
  await expect(page.getByTestId('return-open')).toHaveCount(0);
});

test('what the crew knows of a site, and a job that came up, are agreed to at the office', async ({ browser }) => {
  await fetch(`${device.url}/bench/place`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ at: { lat_e6: 53_706_100, lon_e6: -1_484_100 }, accuracy_m: 6 }),
  });
  const page = await open(browser, 4);
  await page.getByTestId('site-note-open').tap();
  await isOneHanded(page, 'site-note-sheet');
  await page.getByTestId('site-note-text').fill('Gate code 4711. Park behind the hall.');
  await look(page, 'field-site-note');
  await page.getByTestId('site-note-keep').tap();
  await expect(page.getByTestId('site-note')).toContainText('4711');
  await page.getByTestId('pin-open').tap();
  await isOneHanded(page, 'entrance');
  await page.getByTestId('pin-confirm').tap();
  await expect(page.getByTestId('pin')).toHaveAttribute('data-code', 'proposed');
  await look(page, 'field-site');

  await page.goto(`${device.url}/#/run/R1`);
  // Rows are drawn as they come into sight and may then be taller: the button is looked for where it stays.
  await page.getByTestId('add-job-open').scrollIntoViewIfNeeded();
  await page.getByTestId('add-job-open').tap();
  await expect(page.getByTestId('add-job-goods')).toBeVisible();
  await isOneHanded(page, 'add-job');
  await page.getByTestId('add-job-goods').fill('Empty pallets');
  await page.getByTestId('add-job-count-more').tap();
  await look(page, 'field-add-job');
  await page.getByTestId('add-job-confirm').tap();
  await expect(page.getByTestId('job-added')).toBeVisible();
  await expect(page.getByTestId('item')).toContainText('Empty pallets');
  const own = page.url().split('/').pop()!;
  await look(page, 'field-added');

  await device.call('sync_now', {});
  const desk = await (await browser.newContext({ viewport: DESK })).newPage();
  await signIn(desk, world.url, 'dan');
  await desk.goto(`${world.url}/#/runs/R1/jobs/R1-J004`);
  await expect(desk.getByTestId('site-note')).toContainText('4711');
  await look(desk, 'office-site');
  await desk.getByTestId('pin-take').click();
  await expect(desk.getByTestId('pin')).toHaveAttribute('data-code', 'taken');
  await desk.goto(`${world.url}/#/runs/R1/jobs/${own}`);
  await expect(desk.locator('[data-test="case"][data-code="job_added"]')).toBeVisible();
  await look(desk, 'office-added');
  await desk.getByTestId('job-confirm').click();
  await expect(desk.getByTestId('job-added')).toHaveCount(0);
  await expect(desk.locator('[data-test="case"]')).toHaveCount(0);
});

for (const locale of ['de-DE', 'pl-PL', 'es-ES', 'ar-EG']) {
  test(`the sheets fit in ${locale}`, async ({ browser }) => {
    const page = await open(browser, 5, locale);
    for (const sheet of ['count', 'site-note']) {
      await page.getByTestId(`${sheet}-open`).tap();
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow, sheet).toBeLessThanOrEqual(0);
      await look(page, `field-${sheet}-${locale}`);
      await page.keyboard.press('Escape');
    }
  });
}

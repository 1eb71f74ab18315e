// The phone in the customer's hand: their language, their word, and no way out but the driver's.
import { expect, test, type Browser, type Page } from '@playwright/test';
import { draw, look, takeBack } from '../world/look.ts';
import { here } from '../world/process.ts';
import { World, type BenchPhone } from '../world/world.ts';

const PHONE = { width: 360, height: 740 };

let world: World;
let device: BenchPhone;

test.beforeAll(async () => {
  world = await World.begin();
  await world.planRun('R1', 3);
  device = await world.phone('van-7');
  await device.enrol(world, 'priya', 'Van 7 phone');
  await device.airplane(true);
});

test.afterAll(async () => {
  await world.end();
});

async function open(browser: Browser, job: number): Promise<Page> {
  const options = { viewport: PHONE, hasTouch: true, isMobile: true, deviceScaleFactor: 2, locale: 'en-GB' };
  const page = await (await browser.newContext(options)).newPage();
  await page.goto(`${device.url}/#/run/R1/job/R1-J00${job}`);
  await expect(page.getByTestId('job-customer')).toBeVisible();
  return page;
}

test('a customer signs in Arabic, with a reservation, and a kill in the middle loses no stroke', async ({ browser }) => {
  const page = await open(browser, 1);
  await page.getByTestId('act-arrive').tap();
  await page.getByTestId('photo-input').setInputFiles(here('world/goods.jpg'));
  await expect(page.getByTestId('photo')).toHaveCount(1);
  await page.getByTestId('act-sign').tap();
  await page.getByTestId('language').selectOption('ar');
  await expect(page.locator('html')).toHaveAttribute('dir', 'rtl');
  await page.getByTestId('sign-name').fill('ليلى');
  await page.getByTestId('sign-object').tap();
  await page.getByTestId('sign-reservation').fill('العلبة مفتوحة');
  await draw(page);
  await look(page, 'field-sign-arabic');

  // No address leads out of here, nor does a kill of the app.
  await page.evaluate(() => (location.hash = '#/run/R1'));
  await expect(page.getByTestId('sign-pad')).toBeVisible();
  await device.kill();
  await device.reopen();
  await page.goto(`${device.url}/#/trust`);
  await page.reload();
  await expect(page.getByTestId('sign-name')).toHaveValue('ليلى');
  await expect(page.getByTestId('sign-reservation')).toHaveValue('العلبة مفتوحة');
  await page.getByTestId('sign-done').tap();
  await expect(page.getByTestId('sign-thanks')).toContainText('ليلى');
  await takeBack(page);
  await expect(page.locator('html'), 'the driver reads in their own language again').toHaveAttribute('dir', 'ltr');
  await expect(page.getByTestId('reservation')).toContainText('العلبة مفتوحة');
  await page.getByTestId('act-deliver').tap();
  await expect(page.getByTestId('outcome')).toBeVisible();
});

test('with a code nobody but the driver takes the phone back', async ({ browser }) => {
  const page = await open(browser, 2);
  await page.goto(`${device.url}/#/trust`);
  await page.getByTestId('code-open').tap();
  await page.getByTestId('code-new').fill('2580');
  await look(page, 'field-code');
  await page.getByTestId('code-keep').tap();
  await expect(page.getByTestId('code')).toHaveCount(0);
  await page.goto(`${device.url}/#/run/R1/job/R1-J002`);
  await page.getByTestId('act-arrive').tap();
  await page.getByTestId('act-sign').tap();
  // A hold that slides off the button is over, and the next press is a key's.
  const box = (await page.getByTestId('take-back').boundingBox())!;
  await page.mouse.move(box.x + 20, box.y + 10);
  await page.mouse.down();
  await page.mouse.move(box.x + 20, box.y - 60);
  await page.mouse.up();
  await page.getByTestId('take-back').focus();
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('take-back')).toContainText('twice');
  await page.keyboard.press('Enter');
  await page.getByTestId('driver-code-field').fill('0000');
  await page.getByTestId('driver-code-enter').tap();
  await expect(page.getByTestId('driver-code').getByTestId('problem')).toHaveAttribute('data-code', 'driver_code_wrong');
  await look(page, 'field-driver-code');
  await page.getByTestId('sheet-close').tap();
  await page.getByTestId('take-back').focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('problem'), 'what was refused before is not said again').toHaveCount(0);
  await page.getByTestId('driver-code-field').fill('٢٥٨٠');
  await page.getByTestId('driver-code-enter').tap();
  await expect(page.getByTestId('job-customer')).toBeVisible();
});

test('who does not sign is said, and the phone says what finance will say', async ({ browser }) => {
  const page = await open(browser, 3);
  await page.getByTestId('act-arrive').tap();
  await page.getByTestId('photo-input').setInputFiles(here('world/goods.jpg'));
  await expect(page.getByTestId('photo')).toHaveCount(1);
  await page.getByTestId('not-signed-open').tap();
  await page.getByTestId('not-signed-why-refused').check({ force: true });
  await page.getByTestId('not-signed-name').fill('Amina Wright');
  await look(page, 'field-not-signed');
  await page.getByTestId('not-signed-keep').tap();
  await expect(page.getByTestId('not-signed-row')).toHaveAttribute('data-code', 'refused');
  await page.getByTestId('act-deliver').tap();
  await expect(page.getByTestId('outlook')).toHaveAttribute('data-code', 'ready_with_difference');
});

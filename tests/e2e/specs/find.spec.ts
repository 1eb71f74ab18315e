// Finding a job on a long run: by typing, and by a code that a scanner reads anywhere on the screen.
import { expect, test, type Browser, type BrowserContextOptions, type Page } from '@playwright/test';
import { look } from '../world/look.ts';
import { Api, World, run, type BenchPhone } from '../world/world.ts';

const SMALL = { width: 360, height: 740 };

let world: World;
let device: BenchPhone;

/** A run of forty jobs; the goods of the seventh are its alone, and two share a code. */
function longRun() {
  const plain = run('R1', 40);
  const jobs = plain.jobs.map((job, at) => {
    const [first, ...rest] = job.spec.items;
    const code = at === 6 ? '4006381333931' : at === 10 || at === 11 ? 'PALLET-7' : `BOX-${at}`;
    const text = at === 6 ? 'Żółta lampa' : first!.text;
    return { ...job, spec: { ...job.spec, items: [{ ...first!, code, text }, ...rest] } };
  });
  return { ...plain, jobs };
}

test.beforeAll(async () => {
  world = await World.begin();
  const dan = await new Api(world.url).as('dan');
  await dan.send('PUT', '/v1/runs/R1', longRun());
  await dan.send('PUT', '/v1/runs/R2', run('R2', 3));
  device = await world.phone('van-7');
  await device.enrol(world, 'priya', 'Van 7 phone');
  await device.airplane(true);
});

test.afterAll(async () => {
  await world.end();
});

async function open(browser: Browser, more: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: SMALL, hasTouch: true, isMobile: true, deviceScaleFactor: 2, ...more });
  const page = await context.newPage();
  await page.goto(`${device.url}/#/run/R1`);
  await expect(page.getByTestId('next-job')).toBeVisible();
  return page;
}

async function scan(page: Page, code: string): Promise<void> {
  await page.keyboard.type(code, { delay: 1 });
  await page.keyboard.press('Enter');
}

test('a job is found by what somebody types, without accents and by its goods', async ({ browser }) => {
  const page = await open(browser);
  await page.getByTestId('find').fill('zolta LAMPA');
  await expect(page.getByTestId('job-row')).toHaveCount(1);
  await expect(page.getByTestId('next-job')).toHaveCount(0);
  await page.getByTestId('find').press('Enter');
  await expect(page).toHaveURL(/R1-J007$/);
  await page.getByTestId('back').tap();
  await page.getByTestId('find').fill('مكتبه');
  await expect(page.getByTestId('job-row')).toHaveCount(10);
  await page.getByTestId('find-clear').tap();
  await expect(page.getByTestId('next-job')).toBeVisible();
  await page.getByTestId('find').fill('no such thing');
  await expect(page.getByTestId('job-row')).toHaveCount(0);
  await expect(page.getByTestId('find-count')).toBeVisible();
});

test('a scanned code opens its job, lists several, and says when nobody has it', async ({ browser }) => {
  const page = await open(browser);
  await scan(page, '0104006381333931');
  await expect(page).toHaveURL(/R1-J007$/);
  await page.getByTestId('back').tap();
  await expect(page.getByTestId('next-job')).toBeVisible();
  await scan(page, 'PALLET-7');
  await expect(page.getByTestId('job-row')).toHaveCount(2);
  await expect(page.getByTestId('find-code')).toContainText('PALLET-7');
  await scan(page, 'NOBODY-HAS-THIS');
  await expect(page.getByTestId('find-code')).toContainText('NOBODY-HAS-THIS');
  await expect(page.getByTestId('job-row')).toHaveCount(0);
  await page.getByTestId('find-all').tap();
  await expect(page.getByTestId('next-job')).toBeVisible();
});

test('a short run has nothing to search, and a scan still finds', async ({ browser }) => {
  const page = await open(browser);
  await page.goto(`${device.url}/#/run/R2`);
  await expect(page.getByTestId('job-row')).toHaveCount(2);
  await expect(page.getByTestId('find')).toHaveCount(0);
  await scan(page, 'SO4900002');
  await expect(page).toHaveURL(/R2-J003$/);
});

const EYES: [string, BrowserContextOptions][] = [
  ['light', {}],
  ['dark', { colorScheme: 'dark' }],
  ['german', { locale: 'de-DE' }],
  ['arabic', { locale: 'ar-EG' }],
];
for (const [name, eyes] of EYES) {
  test(`the search reads well: ${name}`, async ({ browser }) => {
    const page = await open(browser, eyes);
    await look(page, `find-begin-${name}`);
    await page.getByTestId('find').fill('halden');
    await expect(page.getByTestId('job-row')).toHaveCount(10);
    await look(page, `find-typed-${name}`);
    await page.getByTestId('find-clear').tap();
    await page.getByTestId('find').blur();
    await scan(page, 'NOBODY-HAS-THIS');
    await look(page, `find-none-${name}`);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow, 'nothing sticks out sideways').toBeLessThanOrEqual(0);
  });
}

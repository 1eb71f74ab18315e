// The camera reads labels: each once while it is in the picture, several at a time, and the same one when it comes again.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, expect, test, type Browser, type BrowserContextOptions, type Page } from '@playwright/test';
import { film } from '../world/film.ts';
import { look } from '../world/look.ts';
import { here } from '../world/process.ts';
import { Api, World, run, type BenchPhone } from '../world/world.ts';

const PHONE = { width: 360, height: 740 };
/** What is on the labels of the film: a box's EAN, a case's GTIN with its lot, a pallet's number. */
const [BOX, CASE, PALLET] = ['4006381333931', '09501101530003', 'PALLET-7'];
const GONE_MS = 1_500;

let world: World;
let device: BenchPhone;
let dir: string;
/** A browser whose camera plays the film. */
let eye: Browser;

test.beforeAll(async ({ browser }) => {
  dir = mkdtempSync(path.join(tmpdir(), 'waybill-film-'));
  const labels = [
    { format: 'EAN13', text: BOX, at: [100, 70], scale: 2 },
    { format: 'Code128', text: `(01)${CASE}(10)LOT`, at: [100, 270], scale: 2, options: 'gs1' },
    { format: 'QRCode', text: PALLET, at: [400, 70], scale: 6 },
  ] as const;
  const played = await film(path.join(dir, 'labels.y4m'), labels.map((each) => ({ ...each, at: [...each.at] })), 2, 3);
  const { launchOptions } = test.info().project.use;
  const args = [...(launchOptions?.args ?? []), '--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${played}`];
  eye = await chromium.launch({ ...launchOptions, args });
  expect(eye.version()).toBe(browser.version());

  world = await World.begin();
  await world.ada.send('PUT', '/v1/people/lou', { name: 'Lou Bennett', role: 'loader', depots: ['leeds'] });
  const plain = run('R1', 1);
  const codes = [BOX, CASE, PALLET];
  const items = codes.map((code, at) => ({ item_id: String(at + 1), sku: `S${at}`, text: `Goods ${at + 1}`, quantity: at === 0 ? 9 : 5, unit: 'ea', code, weight_g: 1 }));
  const jobs = plain.jobs.map((job) => ({ ...job, spec: { ...job.spec, items } }));
  await (await new Api(world.url).as('dan')).send('PUT', '/v1/runs/R1', { ...plain, jobs });
  device = await world.phone('dock');
  await device.enrol(world, 'lou', 'Dock phone');
  await device.airplane(true);
});

test.afterAll(async () => {
  await eye.close();
  await world.end();
  rmSync(dir, { recursive: true, force: true });
});

/** The policy under which the app's own window shows its pages. */
function windowPolicy(): string {
  const conf = JSON.parse(readFileSync(here('../../src-tauri/tauri.conf.json'), 'utf8')) as { app: { security: { csp: Record<string, string> } } };
  return Object.entries(conf.app.security.csp).map(([name, value]) => `${name} ${value}`).join('; ');
}

async function open(browser: Browser, more: BrowserContextOptions = {}): Promise<Page> {
  const options = { viewport: PHONE, hasTouch: true, isMobile: true, deviceScaleFactor: 2, permissions: ['camera'], ...more };
  const page = await (await browser.newContext(options)).newPage();
  const policy = windowPolicy();
  await page.route(`${device.url}/**`, async (route) => {
    if (/\/(events|ipc)/.test(route.request().url())) return route.continue();
    const answer = await route.fetch();
    await route.fulfill({ response: answer, headers: { ...answer.headers(), 'content-security-policy': policy } });
  });
  await page.goto(`${device.url}/#/run/R1/dock`);
  await expect(page.getByTestId('dock-units')).toBeVisible();
  return page;
}

test('labels are counted from the camera under the window\'s own policy, each once until it has left the picture', async () => {
  const page = await open(eye);
  const elsewhere: string[] = [];
  page.on('request', (asked) => !asked.url().startsWith(device.url) && !asked.url().startsWith('blob:') && elsewhere.push(asked.url()));
  const boxes: number[] = [];
  const scans: { code: string; by_hand: string | null }[] = [];
  page.on('request', (asked) => {
    if (!asked.url().endsWith('/ipc/scan_aboard')) return;
    const scan = asked.postDataJSON() as (typeof scans)[number];
    scans.push(scan);
    if (scan.code === BOX) boxes.push(Date.now());
  });
  await page.getByTestId('scan-camera').tap();
  for (const line of ['1', '2', '3']) await expect(page.getByTestId(`load-count-R1-J001-${line}`)).not.toContainText('0 of');
  await look(page, 'camera-dock-light');
  // The film goes round: the same label comes again after it had left the picture.
  await expect.poll(() => boxes.length).toBeGreaterThanOrEqual(3);
  const pauses = boxes.slice(1).map((at, before) => at - boxes[before]!);
  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(GONE_MS);
  expect(new Set(scans.map((scan) => scan.by_hand))).toEqual(new Set([null]));
  // As a scanner at a cable would send it: no mark of the symbology in front.
  expect(new Set(scans.map((scan) => scan.code))).toEqual(new Set([BOX, `01${CASE}10LOT`, PALLET]));
  expect(elsewhere, 'nothing is fetched from anywhere else').toEqual([]);
  await page.getByTestId('camera-close').tap();
  await expect(page.getByTestId('camera')).toHaveCount(0);
  await expect(page.getByTestId('scan-camera')).toBeVisible();
});

test('what lies under a sheet is not read', async () => {
  const page = await open(eye);
  let scans = 0;
  page.on('response', (answer) => (scans += Number(answer.url().endsWith('/ipc/scan_aboard'))));
  await page.getByTestId('scan-camera').tap();
  await expect(page.getByTestId('camera')).toHaveAttribute('data-reading', 'true');
  await expect.poll(() => scans).toBe(3);
  await page.getByTestId('dock-seal').tap();
  const before = await page.getByTestId('seal-units').innerText();
  // A whole round of the film goes by unread.
  const from = await page.locator('video').evaluate((video: HTMLVideoElement) => video.currentTime);
  await expect.poll(() => page.locator('video').evaluate((video: HTMLVideoElement) => video.currentTime)).toBeGreaterThan(from + 6);
  await expect(page.getByTestId('seal-units')).toHaveText(before);
  await expect(page.getByTestId('seal-changed')).toHaveCount(0);
});

test('without a camera or a permission it says so, and codes are typed', async ({ browser }) => {
  const refused = await open(eye, { permissions: [] });
  await refused.getByTestId('scan-camera').tap();
  await expect(refused.getByTestId('camera-fault')).toHaveAttribute('data-code', 'denied');
  await look(refused, 'camera-denied');
  const blind = await open(browser);
  await blind.getByTestId('scan-camera').tap();
  await expect(blind.getByTestId('camera-fault')).toHaveAttribute('data-code', 'none');
  await blind.getByTestId('scan-type').tap();
  await expect(blind.getByTestId('scan-code')).toBeVisible();
});

const EYES: [string, BrowserContextOptions][] = [
  ['dark', { colorScheme: 'dark' }],
  ['german', { locale: 'de-DE' }],
  ['arabic', { locale: 'ar-EG' }],
];
for (const [name, options] of EYES) {
  test(`the camera reads well: ${name}`, async () => {
    const page = await open(eye, options);
    await look(page, `camera-begin-${name}`);
    await page.getByTestId('scan-camera').tap();
    await expect(page.getByTestId('scan-sign')).toBeVisible();
    await look(page, `camera-${name}`);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow, 'nothing sticks out sideways').toBeLessThanOrEqual(0);
  });
}

// One delivery, as a driver, a dispatcher and finance live it.
import { expect, test } from '@playwright/test';
import { draw, look, takeBack } from '../world/look.ts';
import { here } from '../world/process.ts';
import { World, signIn } from '../world/world.ts';

const PHONE = { width: 360, height: 740 };
const DESK = { width: 1280, height: 800 };

test('a delivery without a network becomes one ready entry in the feed', async ({ browser }) => {
  const world = await World.begin();
  try {
    await world.planRun('R1', 3);
    const device = await world.phone('van-7');

    // The office invites a phone; the phone is enrolled with what the QR says.
    const desk = await (await browser.newContext({ viewport: DESK })).newPage();
    await desk.goto(world.url);
    await look(desk, 'office-sign-in');
    await signIn(desk, world.url, 'ada');
    await desk.getByTestId('nav-access').click();
    await desk.locator('[data-test="person-row"][data-person="priya"]').getByTestId('invite').click();
    await desk.getByTestId('invite-make').click();
    await expect(desk.getByTestId('invite-qr')).toBeVisible();
    const link = await desk.getByTestId('invite-link').inputValue();
    await look(desk, 'office-invite');

    const context = await browser.newContext({ viewport: PHONE, hasTouch: true, isMobile: true, deviceScaleFactor: 2 });
    const phone = await context.newPage();
    await phone.goto(device.url);
    await look(phone, 'field-enrol');
    await phone.getByTestId('enrol-link').fill(link);
    await phone.getByTestId('enrol-device').fill('Van 7 phone');
    await phone.getByTestId('enrol-submit').click();
    await expect(phone.getByTestId('next-job')).toContainText('Murphy & Sons');
    await look(phone, 'field-run');

    // The network goes.
    await device.airplane(true);
    await phone.getByTestId('next-job').click();
    await expect(phone.getByTestId('job-customer')).toHaveText('Murphy & Sons');
    await look(phone, 'field-job');
    await phone.getByTestId('act-arrive').tap();
    await phone.getByTestId('act-sign').or(phone.getByTestId('act-photo')).first().waitFor();

    // From here on every tap of the driver is counted: a plain delivery takes three at most.
    await phone.getByTestId('photo-input').setInputFiles(here('world/goods.jpg'));
    await expect(phone.getByTestId('photo')).toHaveCount(1);
    let taps = 0;
    const tap = async (name: string) => {
      taps += 1;
      await phone.getByTestId(name).tap();
    };
    await tap('act-sign');
    await phone.getByTestId('sign-name').fill('Amina Wright');
    await draw(phone);
    await look(phone, 'field-sign');
    // The customer's own tap; the driver takes the phone back with one hold.
    await phone.getByTestId('sign-done').tap();
    await expect(phone.getByTestId('sign-thanks')).toContainText('Amina Wright');
    await look(phone, 'field-thanks');
    taps += 1;
    await takeBack(phone);
    await phone.getByTestId('act-deliver').waitFor();
    await look(phone, 'field-ready-to-deliver');
    await tap('act-deliver');
    await expect(phone.getByTestId('outcome')).toBeVisible();
    expect(taps, 'taps of a plain delivery after arrival, the photo apart').toBeLessThanOrEqual(3);
    await expect(phone.getByTestId('outlook')).toHaveAttribute('data-code', 'ready');
    await look(phone, 'field-delivered');

    // The app is killed and opened again; all of it is there.
    await device.kill();
    await device.reopen();
    await phone.reload();
    await expect(phone.getByTestId('outcome')).toBeVisible();
    await expect(phone.getByTestId('photo')).toHaveCount(1);
    await expect(phone.getByTestId('signature')).toBeVisible();
    expect(await feedOf(world)).toHaveLength(0);

    // The network is back; the phone says where everything is.
    await device.airplane(false);
    await phone.goto(`${device.url}/#/trust`);
    await phone.getByTestId('sync-now').tap();
    await expect(phone.getByTestId('trust-office')).toContainText('1');
    await expect(phone.getByTestId('trust-facts')).toContainText('0');
    await look(phone, 'field-trust');

    // Finance sees one entry, ready, with its proof.
    const feed = await feedOf(world);
    expect(feed.map((entry) => [entry.seq, entry.verdict, entry.proof.length])).toEqual([[1, 'ready', 2]]);
    const finance = await (await browser.newContext({ viewport: DESK })).newPage();
    await signIn(finance, world.url, 'fay');
    await finance.getByTestId('nav-feed').click();
    await expect(finance.getByTestId('feed-row')).toHaveCount(1);
    await look(finance, 'office-feed');

    // The dispatcher sees the proof itself.
    const dispatch = await (await browser.newContext({ viewport: DESK })).newPage();
    await signIn(dispatch, world.url, 'dan');
    await look(dispatch, 'office-runs');
    await dispatch.goto(`${world.url}/#/runs/R1`);
    await expect(dispatch.getByTestId('job-row')).toHaveCount(3);
    await look(dispatch, 'office-run');
    await dispatch.goto(`${world.url}/#/runs/R1/jobs/R1-J001`);
    const photo = dispatch.getByTestId('photo').locator('img');
    await expect.poll(() => photo.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBeGreaterThan(100);
    await expect(dispatch.getByTestId('signature-drawing')).toBeVisible();
    await look(dispatch, 'office-job');

    // A second sync changes nothing.
    await phone.getByTestId('sync-now').tap();
    await expect(phone.getByTestId('trust-facts')).toContainText('0');
    expect(await feedOf(world)).toEqual(feed);
  } finally {
    await world.end();
  }
});

interface Entry {
  seq: number;
  verdict: string;
  proof: string[];
}

async function feedOf(world: World): Promise<Entry[]> {
  const feed = (await world.ada.send('GET', '/v1/feed?after=0&limit=100')) as { entries: Entry[] };
  return feed.entries;
}

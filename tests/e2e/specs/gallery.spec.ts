// What all screens are made of, in every state: nothing missing, readable by everybody, and nothing too wide.
import { readdirSync } from 'node:fs';
import { expect, test, type BrowserContextOptions } from '@playwright/test';
import { look } from '../world/look.ts';
import { serveGallery } from '../world/pages.ts';
import { here } from '../world/process.ts';

const SMALL = { width: 360, height: 740 };
const EYES: [string, BrowserContextOptions][] = [
  ['light', { viewport: { width: 1440, height: 900 } }],
  ['dark', { viewport: SMALL, colorScheme: 'dark' }],
  ['german', { viewport: SMALL, locale: 'de-DE' }],
  ['arabic', { viewport: SMALL, locale: 'ar-EG' }],
  ['arabic-dark', { viewport: { width: 1440, height: 900 }, locale: 'ar-EG', colorScheme: 'dark' }],
  ['contrast', { viewport: SMALL, contrast: 'more' }],
];

let gallery: { url: string; stop: () => void };

test.beforeAll(async () => {
  gallery = await serveGallery();
});

test.afterAll(() => gallery.stop());

/** The names of the components in a folder of the pages' sources. */
function components(folder: string): string[] {
  return readdirSync(here(`../../ui/src/${folder}`))
    .filter((name) => name.endsWith('.svelte'))
    .map((name) => name.slice(0, -'.svelte'.length));
}

test('every part and every sign is in the gallery', async ({ page }) => {
  await page.goto(gallery.url);
  const shown = await page.locator('[data-part]').evaluateAll((all) => all.map((each) => each.getAttribute('data-part')));
  expect(shown.sort()).toEqual([...components('parts'), ...components('signs')].sort());
});

for (const [name, eyes] of EYES) {
  test(`parts and signs read well: ${name}`, async ({ browser }) => {
    const page = await (await browser.newContext(eyes)).newPage();
    await page.goto(gallery.url);
    await expect(page.locator('[data-part=Sheet]')).toBeVisible();
    expect(await page.locator('html').getAttribute('dir')).toBe(name.startsWith('arabic') ? 'rtl' : 'ltr');
    await look(page, `gallery-${name}`);
    await page.screenshot({ path: here(`out/gallery-${name}-whole.png`), fullPage: true, animations: 'disabled' });
    const tooWide = await page.locator('[data-part]').evaluateAll((all) =>
      all.filter((each) => each.scrollWidth > each.clientWidth + 1).map((each) => each.getAttribute('data-part')),
    );
    expect(tooWide, 'nothing sticks out sideways').toEqual([]);
    for (const size of ['short', 'long']) {
      await page.getByTestId(`open-${size}`).click();
      const isTooWide = await page.getByTestId('sheet').evaluate((sheet) =>
        [sheet, ...sheet.querySelectorAll('*')].some((each) => each.tagName !== 'INPUT' && each.scrollWidth > each.clientWidth + 1 && each.clientWidth > 0),
      );
      expect(isTooWide, `nothing sticks out of the ${size} sheet`).toBe(false);
      await look(page, `gallery-sheet-${size}-${name}`);
      await page.getByTestId('sheet-close').click();
      await expect(page.getByTestId('sheet')).toHaveCount(0);
    }
  });
}

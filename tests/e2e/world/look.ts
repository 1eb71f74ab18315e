// Every screen that a test shows is checked for accessibility and photographed.
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import { here } from './process.ts';

/** WCAG 2.2 AA over what is on the page now, and a picture of it. */
export async function look(page: Page, name: string): Promise<void> {
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
  const found = await new AxeBuilder({ page }).withTags(tags).analyze();
  const told = found.violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.html).join(' | ')}`);
  expect(told, `accessibility of ${name}`).toEqual([]);
  await page.screenshot({ path: here(`out/${name}.png`), animations: 'disabled' });
}

/** The driver takes the phone back from the customer: the button is held until the screen is another one. */
export async function takeBack(page: Page): Promise<void> {
  // The button stands on the signing screen too; it is the one behind the signature that is held.
  await page.getByTestId('sign-thanks').waitFor();
  const box = (await page.getByTestId('take-back').boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.getByTestId('job-customer').waitFor();
  await page.mouse.up();
}

/** Draws a signature as a finger would. */
export async function draw(page: Page, on = 'sign-pad'): Promise<void> {
  const pad = page.getByTestId(on);
  await pad.scrollIntoViewIfNeeded();
  const box = (await pad.boundingBox())!;
  const at = (x: number, y: number): [number, number] => [box.x + box.width * x, box.y + box.height * y];
  for (const stroke of [
    [[0.2, 0.6], [0.3, 0.3], [0.4, 0.7], [0.5, 0.4], [0.6, 0.6]],
    [[0.25, 0.75], [0.7, 0.7]],
  ] as [number, number][][]) {
    await page.mouse.move(...at(...stroke[0]!));
    await page.mouse.down();
    for (const point of stroke.slice(1)) await page.mouse.move(...at(...point), { steps: 4 });
    await page.mouse.up();
  }
}

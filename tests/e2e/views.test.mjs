// Every view as it looks: in both themes, on a desk and in a hand. What axe finds, what sticks out, where the figures come from, and a
// picture of each in build/e2e/. CLOUDCART_E2E_HISTORY names a file of real orders to import instead of the invented shop.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { axeFindings, desktop, launch, overflow, phone, picture, settled, signIn, visit } from './support/browser.mjs';
import { admin, Platform } from './support/platform.mjs';
import { Provenance } from './support/provenance.mjs';

let platform;
let browser;

before(async () => {
  platform = await Platform.start({ history: process.env.CLOUDCART_E2E_HISTORY });
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await platform?.remove();
});

/** The views by name with their addresses, as the navigation has them: a new one is looked at without being named here. */
async function viewsOf(page) {
  const links = page.getByRole('navigation', { name: 'Views', exact: true }).getByRole('link');
  return links.evaluateAll((all) => all.map((link) => ({ name: link.textContent, path: link.getAttribute('href') })));
}

async function open(page, { name, path }) {
  await page.goto(`${platform.url}${path}`);
  await page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
  await settled(page);
}

for (const theme of ['dark', 'light']) {
  describe(theme, () => {
    for (const [screen, viewport] of Object.entries({ desktop, phone })) {
      test(`each view on a ${screen}`, async (context) => {
        const { page, troubles, leave } = await visit(browser, { theme });
        await signIn(page, platform.url, admin);
        const views = await viewsOf(page);
        assert.ok(views.length > 1, 'the navigation has views');
        await page.setViewportSize(viewport);
        for (const view of views) {
          await context.test(view.name, async () => {
            await open(page, view);
            assert.equal(await overflow(page), 0, 'nothing sticks out');
            await picture(page, `${view.name.toLowerCase()}-${screen}-${theme}`);
            assert.deepEqual(await axeFindings(page, theme), []);
          });
        }
        assert.deepEqual(troubles, []);
        await leave();
      });
    }
  });
}

describe('figures', () => {
  test('every number on every view is one that the API gave', async (context) => {
    const { page, leave } = await visit(browser);
    await signIn(page, platform.url, admin);
    for (const view of await viewsOf(page)) {
      await context.test(view.name, async () => {
        const provenance = new Provenance(page);
        await open(page, view);
        assert.deepEqual(await provenance.strangers(page), []);
        await page.evaluate(() => document.querySelector('main').insertAdjacentHTML('beforeend', '<p>up by 77,123.45</p>'));
        assert.deepEqual(await provenance.strangers(page), ['77123.45 in “up by 77,123.45”'], 'one that it did not give is found');
      });
    }
    await leave();
  });
});

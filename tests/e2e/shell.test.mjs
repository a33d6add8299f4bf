// What is around every view, where only a real browser can tell: where the focus is, what a press of the mouse does on its way, what is
// said when a part of the page can't be loaded any more.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { axeFindings, launch, narrow, overflow, phone, settled, signIn, visit } from './support/browser.mjs';
import { admin, Client, Platform } from './support/platform.mjs';

let platform;
let browser;
let client;

before(async () => {
  platform = await Platform.start();
  browser = await launch();
  client = await Client.signIn(platform.url);
});

after(async () => {
  await browser?.close();
  await platform?.remove();
});

async function signedIn(choices, journey) {
  const { page, troubles, leave } = await visit(browser, choices);
  try {
    await signIn(page, platform.url, admin);
    await settled(page);
    await journey(page, troubles);
  } finally {
    await leave();
  }
}

const hasFocus = (locator) => locator.evaluate((element) => element === document.activeElement);
const compareButton = (page) => page.getByRole('button', { name: /^Compare/ });

test('a comparison is chosen by a press on its words, and by the arrow keys', async () => {
  await signedIn({}, async (page, troubles) => {
    const compare = compareButton(page);
    await compare.click();
    await page.getByText('The same days a year earlier').click();
    await page.waitForURL((url) => url.searchParams.get('compare') === 'year');
    assert.equal(await compare.getAttribute('aria-expanded'), 'false');
    assert.ok(await hasFocus(compare), 'the focus is back at the button');

    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    assert.ok(await hasFocus(page.getByRole('radio', { name: /a year earlier/ })), 'the choice in force has the focus');
    await page.keyboard.press('ArrowDown');
    await page.waitForURL((url) => url.searchParams.get('compare') === 'off');
    assert.equal(await compare.getAttribute('aria-expanded'), 'true', 'the arrow keys leave the panel open');
    await page.keyboard.press('Escape');
    assert.ok(await hasFocus(compare));
    assert.deepEqual(troubles, []);
  });
});

test('a press on a text of a panel leaves it open, one beside it closes it', async () => {
  await signedIn({}, async (page) => {
    const custom = page.getByRole('button', { name: 'Custom' });
    await custom.click();
    const panel = page.getByRole('group', { name: 'Choose days' });
    await panel.click({ position: { x: 4, y: 4 } });
    assert.equal(await custom.getAttribute('aria-expanded'), 'true');
    await page.getByRole('heading', { level: 1 }).click();
    assert.equal(await custom.getAttribute('aria-expanded'), 'false');
  });
});

test('a command of the palette that opens the help leaves it open, and the focus finds its way back', async () => {
  await signedIn({}, async (page) => {
    const compare = compareButton(page);
    await compare.focus();
    await page.keyboard.press('/');
    await page.getByRole('combobox').pressSequentially('keyboard');
    await page.keyboard.press('Enter');
    const help = page.getByRole('dialog', { name: 'Keyboard' });
    await help.waitFor();
    assert.ok(await help.evaluate((dialog) => dialog.contains(document.activeElement)), 'the focus is in the help');
    await page.keyboard.press('Escape');
    await help.waitFor({ state: 'detached' });
    assert.ok(await hasFocus(compare));
  });
});

test('a question that is not confirmed gives the focus back to what asked it', async () => {
  const product = await client.createProduct(`Shell Shawl ${Date.now()}`, '20.00');
  const order = await client.placeOrder(product, 1);
  await signedIn({}, async (page) => {
    await page.goto(`${platform.url}/orders/${order.id}`);
    const cancel = page.getByRole('button', { name: 'Cancel' }).first();
    await cancel.focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Cancel this order?' });
    await dialog.waitFor();
    await page.getByRole('button', { name: 'Keep it' }).press('Enter');
    await dialog.waitFor({ state: 'detached' });
    assert.ok(await hasFocus(cancel));
  });
});

test('saving a CSV leaves the keyboard where it is', async () => {
  await signedIn({}, async (page) => {
    await page.getByRole('navigation', { name: 'Views', exact: true }).getByRole('link', { name: 'Sales' }).click();
    const csv = page.getByRole('button', { name: 'CSV' }).first();
    await csv.focus();
    const file = page.waitForEvent('download');
    await page.keyboard.press('Enter');
    assert.match((await file).suggestedFilename(), /\.csv$/);
    await page.waitForFunction(() => document.querySelector('[aria-disabled="true"]') === null);
    assert.ok(await hasFocus(csv));
  });
});

test('a view that can’t be loaded keeps its heading, and comes with the page once it can', async () => {
  await signedIn({}, async (page) => {
    await page.route(/\/Sales-[^/]*\.js$/, (route) => route.abort());
    await page.getByRole('navigation', { name: 'Views', exact: true }).getByRole('link', { name: 'Sales' }).click();
    await page.getByText('This part could not be shown.').waitFor();
    assert.equal(await page.getByRole('main').getByRole('heading', { level: 1 }).innerText(), 'Sales');
    assert.deepEqual(await axeFindings(page, 'dark'), []);
    await page.unroute(/\/Sales-[^/]*\.js$/);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.waitForFunction(() => document.querySelector('main .card') !== null);
    assert.equal(new URL(page.url()).pathname, '/sales');
  });
});

test('an address with a slash at its end is the same view; one without a view says so', async () => {
  await signedIn({}, async (page) => {
    await page.goto(`${platform.url}/sales/?range=30d`);
    await page.getByRole('heading', { level: 1, name: 'Sales', exact: true }).waitFor();
    await page.goto(`${platform.url}/nowhere`);
    await page.getByRole('heading', { level: 1, name: 'Nothing here' }).waitFor();
    await page.getByRole('button', { name: 'Go to the overview' }).click();
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  });
});

for (const viewport of [narrow, phone]) {
  test(`the palette fits ${viewport.width} pixels with long names in it`, async () => {
    const name = `SET OF THREE HAND PAINTED WOODEN CAKE STANDS WITH REGENCY PATTERN ${viewport.width}`;
    await client.createProduct(name, '49.00');
    await signedIn({ viewport }, async (page) => {
      await page.getByRole('button', { name: 'Search' }).click();
      const row = page.getByRole('option', { name: new RegExp(name) });
      const palette = page.getByRole('dialog');
      for (const text of ['', `cake stands with regency pattern ${viewport.width}`, 'ada@shop.test']) {
        await page.getByRole('combobox').fill(text);
        if (text.startsWith('cake')) await row.waitFor();
        else if (text !== '') await page.getByRole('group', { name: 'Customers’ orders' }).waitFor();
        const wide = await palette.evaluate((dialog) =>
          [...dialog.querySelectorAll('[role=listbox], [role=option]')].filter((part) => part.scrollWidth > part.clientWidth).map((part) => part.textContent),
        );
        assert.deepEqual(wide, [], `nothing sticks out for “${text}”`);
      }
      assert.equal(await overflow(page), 0);
    });
  });
}

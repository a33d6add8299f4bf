import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { axeFindings, card, launch, overflow, narrow, phone, picture, settled, signIn, visit } from './support/browser.mjs';
import { admin, Client, Platform } from './support/platform.mjs';

let platform;
let browser;
let client;

before(async () => {
  platform = await Platform.start();
  [browser, client] = await Promise.all([launch(), Client.signIn(platform.url)]);
});

after(async () => {
  await browser?.close();
  await platform?.remove();
});

/** A journey through the products, on a page that must not complain of anything but what the journey expects. */
async function products(address, options, journey, expected = []) {
  const visitor = await visit(browser, options);
  try {
    await signIn(visitor.page, platform.url, admin);
    await visitor.page.goto(`${platform.url}/products${address}`);
    await visitor.page.getByRole('heading', { name: 'Products', exact: true }).waitFor();
    await settled(visitor.page);
    await journey(visitor.page);
    assert.deepEqual(visitor.troubles.filter((trouble) => !expected.some((pattern) => pattern.test(trouble))), []);
  } finally {
    await visitor.leave();
  }
}

const number = (text) => Number(text.replace('−', '-').replace(/[^\d.-]/g, ''));
const tableIn = (region) => region.locator('table').last();

/** The cells of a table, row by row, without its head and its totals. */
const cellsOf = (table) =>
  table.locator('tbody tr').evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.innerText.trim())));

/** The rows of the CSV that a card gives. No name of the demo shop holds a comma or a quotation mark. */
async function csvOf(page, region) {
  const [download] = await Promise.all([page.waitForEvent('download'), region.getByRole('button', { name: 'CSV' }).click()]);
  const text = await readFile(await download.path(), 'utf8');
  assert.ok(!text.includes('"'), 'the CSV can be split at its commas');
  const [head, ...rows] = text.trim().split('\r\n').map((line) => line.split(','));
  return { name: download.suggestedFilename(), rows: rows.map((row) => Object.fromEntries(row.map((cell, index) => [head[index], cell]))) };
}

test('the table is the CSV, line by line, for the best and for those that fall', async () => {
  await products('?range=30d', {}, async (page) => {
    for (const [sort, title] of [['top', 'Top products'], ['falling', 'Falling products']]) {
      await page.getByRole('button', { name: sort === 'top' ? 'Top' : 'Falling', exact: true }).click();
      await page.getByRole('heading', { name: title }).waitFor();
      await page.locator('[aria-busy="true"]').waitFor({ state: 'detached' });
      const region = card(page, title);
      const shown = await cellsOf(tableIn(region));
      const { name, rows } = await csvOf(page, region);
      assert.match(name, new RegExp(`^${sort}-products-\\d{4}-\\d\\d-\\d\\d-to-\\d{4}-\\d\\d-\\d\\d\\.csv$`));
      assert.ok(shown.length > 0, `${title} has rows`);
      assert.deepEqual(
        shown.map(([product, revenue, , difference, units, orders, available]) => [product, ...[revenue, difference, units, orders, available].map(number)]),
        rows.map((row) => [row.product_name, ...[row.net_revenue, row.change_net_revenue, row.units, row.orders, row.available].map(Number)]),
      );
    }
    await picture(page, 'products-falling');
  });
});

test('a product sells while it is looked at: revenue, sales and ledger follow, and its stock is corrected', async () => {
  const product = await client.createProduct(`Journey Globe ${Date.now()}`, '400.00');
  await products('', {}, async (page) => {
    await page.getByRole('combobox', { name: 'Find a product' }).fill(product.name);
    await page.getByRole('option', { name: product.name }).click();
    await page.waitForURL((url) => url.searchParams.get('product') === product.id);
    await page.getByRole('heading', { name: product.name }).waitFor();
    await card(page, 'Its sales').getByText('Not sold in this period').waitFor();
    await card(page, 'Bought together').getByText('Never ordered so far').waitFor();

    await client.placeOrder(product, 3);
    await card(page, 'Its sales').getByText(/^£1,200\.00 from 3 units in 1 order/).waitFor();
    await page.getByRole('row', { name: product.name }).getByText('£1,200.00').first().waitFor();
    const stock = card(page, 'Stock');
    await stock.getByText('Reserved', { exact: true }).nth(1).waitFor();
    assert.match(await stock.locator('dl').innerText(), /Available\s+997\s+Reserved\s+3\s+Sold\s+0/);

    await stock.getByRole('button', { name: 'Correct', exact: true }).click();
    await stock.getByLabel('Units, with − for fewer').fill('-998');
    await stock.getByLabel('Reason').fill('Broken in transport');
    await stock.getByRole('button', { name: 'Correct the stock' }).click();
    await stock.getByText(/There are not that many to take away: .*997 available/).waitFor();
    await stock.getByLabel('Units, with − for fewer').fill('-990');
    await stock.getByRole('button', { name: 'Correct the stock' }).click();
    await page.getByText('Stock corrected: 7 units available.').waitFor();
    await stock.getByText('Broken in transport').waitFor();
    assert.match(await stock.locator('dl').innerText(), /Available\s+7\s+Reserved\s+3\s+Sold\s+0/);
    await page.getByRole('row', { name: product.name }).getByText(/\d+ days? left/).waitFor();
    await picture(page, 'product');
    // The browser notes on its console what the page says in its own words: never ordered, and too few to take away.
  }, [/status of 404/, /status of 409/]);
});

test('its sales and its companions are their CSV; a companion is one step away, and the way back leads back', async () => {
  await products('?range=30d', {}, async (page) => {
    const first = tableIn(card(page, 'Top products')).getByRole('link').first();
    const name = await first.innerText();
    await first.click();
    await page.getByRole('heading', { name, exact: true }).waitFor();
    const sales = card(page, 'Its sales');
    await sales.locator('svg .recharts-bar-rectangle').first().waitFor();
    await sales.getByRole('button', { name: 'Show table' }).click();
    const days = (await csvOf(page, sales)).rows;
    assert.deepEqual(
      (await cellsOf(tableIn(sales))).map(([, revenue, units, orders, before]) => [revenue, units, orders, before].map(number)),
      days.map((day) => [day.net_revenue, day.units, day.orders, day.compared_net_revenue].map(Number)),
    );
    assert.equal(days.length, 30);
    const together = card(page, 'Bought together');
    const companions = (await csvOf(page, together)).rows;
    assert.ok(companions.length > 0);
    assert.deepEqual(
      (await cellsOf(tableIn(together))).map(([product, ...figures]) => [product, ...figures.map(number)]),
      companions.map((row) => [row.product_name, ...[row.orders_together, row.confidence, row.support, row.lift].map(Number)]),
    );
    await together.getByRole('link', { name: companions[0].product_name }).click();
    await page.getByRole('heading', { name: companions[0].product_name, exact: true }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { name, exact: true }).waitFor();
  });
});

for (const theme of ['dark', 'light']) {
  test(`axe finds nothing and nothing sticks out, ${theme}`, async () => {
    const { products: [best] } = await client.send('GET', '/api/analytics/reports/products?days=30&limit=1');
    const address = `?range=30d&product=${best.product_id}`;
    await products(address, { theme }, async (page) => {
      await card(page, 'Stock').getByRole('button', { name: 'Correct', exact: true }).click();
      await card(page, 'Stock').getByRole('button', { name: 'Correct the stock' }).click();
      assert.deepEqual(await axeFindings(page, theme), []);
      await picture(page, `products-desktop-${theme}`);
    });
    for (const viewport of [phone, narrow]) {
      await products(address, { theme, viewport }, async (page) => {
        assert.equal(await overflow(page), 0);
        await picture(page, `products-${viewport.width}-${theme}`);
      });
    }
  });
}

// Recommendations as a shop's staff try, measure and compare them.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { axeFindings, card, launch, narrow, overflow, settled, signIn, visit } from './support/browser.mjs';
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

async function open(page, address = '/recommendations') {
  await page.goto(`${platform.url}${address}`);
  await page.getByRole('heading', { level: 1, name: 'Recommendations' }).waitFor();
  await settled(page);
}

/** The rows of the table in a region, as texts of their cells. */
const rowsOf = (page, name) =>
  page.getByRole('region', { name }).locator('tbody tr').evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.innerText)));

test('what is recommended with a product, and then with a basket, is what the API answers', async () => {
  const { page, troubles, leave } = await visit(browser);
  await signIn(page, platform.url, admin);
  await open(page);
  const [{ product_id: id, product_name: name }] = (await client.send('GET', '/api/ai/recommendations/popular?limit=1')).popular_products;

  await page.getByRole('button', { name: 'A product', exact: true }).click();
  await page.getByRole('combobox', { name: 'Find a product' }).fill(name);
  await page.getByRole('option', { name }).first().click();
  await page.getByRole('button', { name: `Take ${name} away` }).waitFor();
  await settled(page);
  assert.equal(new URL(page.url()).searchParams.get('product'), id);
  const { similar_products: similar } = await client.send('GET', `/api/ai/recommendations/product/${id}?limit=10`);
  const shown = await rowsOf(page, 'What is recommended, best first');
  assert.deepEqual(shown.map(([product]) => product), similar.map((product) => product.product_name));
  assert.ok(shown[0][1].endsWith(similar[0].reason.text), shown[0][1]);

  await open(page, `/recommendations?try=basket&basket=${id}`);
  const together = await client.send('POST', '/api/ai/recommendations/basket', { product_ids: [id], limit: 10 });
  const best = together.recommendations[0];
  await page.getByRole('button', { name: `Put ${best.product_name} into the basket` }).click();
  await page.getByRole('button', { name: `Take ${best.product_name} away` }).waitFor();
  assert.equal(new URL(page.url()).searchParams.get('basket'), `${id},${best.product_id}`);
  await page.goBack();
  await page.getByRole('button', { name: `Put ${best.product_name} into the basket` }).waitFor();
  assert.deepEqual(troubles, []);
  await leave();
});

test('an order that is placed is foretold, and counted on the open page', async () => {
  const { page, troubles, leave } = await visit(browser);
  await signIn(page, platform.url, admin);
  await open(page);
  const quality = card(page, 'Would it have been recommended?');
  await quality.getByText('No order to tell by yet').waitFor();
  await client.placeOrder(await client.createProduct('Journey Lantern', '12.50'), 2);
  await quality.getByText(/Of the one order/).waitFor();
  await quality.getByRole('button', { name: 'Show table' }).click();
  const [[, orders]] = await rowsOf(page, /^How well orders were foretold, /);
  assert.equal(orders, '1');
  assert.deepEqual(troubles, []);
  await leave();
});

test('a training is asked for, and its end is said', async () => {
  const { page, troubles, leave } = await visit(browser);
  await signIn(page, platform.url, admin);
  await open(page);
  const { model_version: before } = await client.send('GET', '/api/ai/model/status');
  await page.getByRole('button', { name: 'Train anew' }).click();
  await page.getByText(/^The model is trained: version/).waitFor();
  const { model_version: after } = await client.send('GET', '/api/ai/model/status');
  assert.ok(after > before, `${after} after ${before}`);
  assert.deepEqual(troubles, []);
  await leave();
});

test('an experiment from its plan to its end', async () => {
  const { page, leave } = await visit(browser);
  await signIn(page, platform.url, admin);
  await open(page);
  await page.getByRole('button', { name: 'Plan an experiment' }).click();
  const form = page.getByRole('dialog', { name: 'Plan an experiment' });
  await form.getByRole('button', { name: 'Plan it' }).click();
  await form.getByText('must not be empty').first().waitFor();
  for (const theme of ['dark', 'light']) {
    await page.evaluate((name) => document.documentElement.setAttribute('data-theme', name), theme);
    assert.deepEqual(await axeFindings(page, theme), [], `the form in ${theme}`);
  }
  await form.getByLabel('Name').first().fill('Blend beside best sellers');
  await form.getByLabel('Where').selectOption({ label: 'Beside a cart' });
  await form.getByRole('button', { name: 'A guardrail' }).click();
  await form.getByRole('button', { name: 'Plan it' }).click();
  const panel = card(page, 'Blend beside best sellers');
  await panel.getByText('It has not been started').waitFor();

  await panel.getByRole('button', { name: 'Start it' }).click();
  await page.getByRole('dialog', { name: 'Start the experiment?' }).getByRole('button', { name: 'Start it' }).click();
  await panel.getByText('Nobody has seen an answer yet').waitFor();

  const [{ product_id: id }] = (await client.send('GET', '/api/ai/recommendations/popular?limit=1')).popular_products;
  const ask = { product_ids: [id], visitor_id: randomUUID() };
  const answer = await fetch(`${platform.url}/api/ai/recommendations/basket`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(ask) });
  const { impression, recommendations } = (await answer.json()).data;
  assert.ok(impression, 'the answer is part of the experiment');
  await client.send('POST', '/api/ai/feedback', { events: [{ type: 'click', impression, product_id: recommendations[0].product_id }] });
  await page.keyboard.press('r');
  await panel.getByText('Not decided yet').waitFor();
  const figures = await rowsOf(page, 'Who saw each variant, and what they did');
  assert.deepEqual(figures.map(([, subjects, , , clicks]) => `${subjects} ${clicks}`).sort(), ['0 0', '1 1']);
  for (const theme of ['dark', 'light']) {
    await page.evaluate((name) => document.documentElement.setAttribute('data-theme', name), theme);
    assert.deepEqual(await axeFindings(page, theme), [], `the report in ${theme}`);
  }
  await page.setViewportSize(narrow);
  // The address brings it back on another screen.
  await page.reload();
  await panel.getByText('Not decided yet').waitFor();
  await settled(page);
  assert.equal(await overflow(page), 0, 'nothing sticks out');

  await panel.getByRole('button', { name: 'Stop it' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Stop it' }).click();
  await panel.getByText('Nothing was decided').waitFor();
  await leave();
});

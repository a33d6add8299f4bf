import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { card, launch, overflow, phone, settled, signIn, visit } from './support/browser.mjs';
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

async function onSystem(journey, options = {}) {
  const { page, leave } = await visit(browser, options);
  try {
    await signIn(page, platform.url, admin);
    await page.goto(`${platform.url}/system`);
    await page.getByRole('heading', { level: 1, name: 'System' }).waitFor();
    await settled(page);
    await journey(page);
  } finally {
    await leave();
  }
}

test('the ledger equals analytics to the cent, also while orders come in', async () => {
  const product = await client.createProduct(`Ledger Lamp ${Date.now()}`, '3.33');
  await onSystem(async (page) => {
    const compared = card(page, 'Ledger and analytics');
    await compared.getByText('Ledger = analytics, difference').waitFor();
    for (let number = 0; number < 5; number += 1) await client.placeOrder(product, 1);
    await compared.getByRole('button', { name: 'Compare again' }).click();
    await page.waitForTimeout(500);
    assert.match(await compared.innerText(), /Ledger = analytics, difference \S?0\.00/);
    const rows = await compared.getByRole('row').allInnerTexts();
    for (const row of rows.slice(1)) {
      const [, ledger, analytics] = row.split('\t');
      assert.equal(ledger, analytics, row);
    }
  });
});

test('a service that is gone is told, and comes back', async () => {
  await onSystem(async (page) => {
    const services = card(page, 'Services');
    await services.getByRole('row', { name: /^order .* ok/ }).waitFor();
    await platform.down();
    await services.getByText(/does not answer/).waitFor({ timeout: 30_000 });
    assert.equal(await services.getByText('ok', { exact: true }).count(), 0);
    await platform.up();
    await services.getByRole('row', { name: /^order .* ok/ }).waitFor({ timeout: 30_000 });
  });
  client = await Client.signIn(platform.url);
});

test('an alert is made, fires on the next order, is shown where one is, and is deleted', async () => {
  const product = await client.createProduct(`Alarm Clock ${Date.now()}`, '900.00');
  await onSystem(async (page) => {
    await page.getByRole('button', { name: 'Watch a metric' }).click();
    const form = page.getByRole('dialog', { name: 'Watch a metric' });
    await form.getByLabel('Name').fill('A large order');
    await form.getByLabel('Metric').selectOption('gross_revenue');
    await form.getByLabel('Over the last minutes').fill('1');
    await form.getByLabel('Side').selectOption('above');
    await form.getByLabel('Bound').fill('800');
    await form.getByRole('button', { name: 'Save' }).click();
    await card(page, 'Alerts').getByRole('row', { name: /A large order/ }).waitFor();
    // Somewhere else in the dashboard.
    await page.getByRole('navigation', { name: 'Views', exact: true }).getByRole('link', { name: 'Products' }).click();
    await page.getByRole('heading', { level: 1, name: 'Products' }).waitFor();
    await settled(page);
    await client.placeOrder(product, 1);
    await page.getByText(/A large order: gross revenue is/).waitFor({ timeout: 10_000 });
    await page.goBack();
    await card(page, 'What alerts said').getByRole('row', { name: /A large order/ }).first().waitFor();
    await page.getByRole('button', { name: 'Delete A large order' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await card(page, 'Alerts').getByText('Nothing is watched yet').waitFor();
  });
});

test('a counted figure is watched, with a webhook whose secret is shown once, and is changed', async () => {
  await onSystem(async (page) => {
    const alerts = card(page, 'Alerts');
    await page.getByRole('button', { name: 'Watch a metric' }).click();
    let form = page.getByRole('dialog', { name: 'Watch a metric' });
    await form.getByLabel('Name').fill('A rush');
    await form.getByLabel('Metric').selectOption('placed_orders');
    await form.getByLabel('Side').selectOption('above');
    await form.getByLabel('Bound').fill('4.5');
    await form.getByLabel(/^Webhook/).fill('https://hooks.example/rush');
    await form.getByRole('button', { name: 'Save' }).click();
    await form.getByLabel('Bound').and(page.locator('[aria-invalid="true"]')).waitFor();
    await form.getByLabel('Bound').fill('5000');
    await form.getByLabel('Over once it is back at').fill('4000');
    await form.getByRole('button', { name: 'Add a filter' }).click();
    await form.getByLabel('Names of categories, one a line').fill('Journeys');
    await form.getByRole('button', { name: 'Save' }).click();
    const secret = page.getByRole('dialog', { name: 'The webhook’s secret' });
    assert.ok((await secret.getByRole('code').innerText()).length >= 16);
    await secret.getByRole('button', { name: 'Kept' }).click();
    await alerts.getByRole('row', { name: /A rush.*above 5,000.*only categories Journeys.*hooks\.example/ }).waitFor();

    await page.getByRole('button', { name: 'Change A rush' }).click();
    form = page.getByRole('dialog', { name: /Change/ });
    await form.getByLabel('Bound').fill('6000');
    await form.getByRole('button', { name: 'Save' }).click();
    await alerts.getByRole('row', { name: /above 6,000.*only categories Journeys/ }).waitFor();
    const [{ condition, filters }] = (await client.send('GET', '/api/analytics/alerts')).alerts;
    assert.deepEqual(condition, { type: 'threshold', side: 'above', value: 6000, clear_at: 4000 });
    assert.deepEqual(filters, [{ dimension: 'category', values: ['Journeys'], exclude: false }]);
    await page.getByRole('button', { name: 'Delete A rush' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await alerts.getByText('Nothing is watched yet').waitFor();
  });
});

test('nothing sticks out on a phone', async () => {
  await onSystem(async (page) => assert.equal(await overflow(page), 0), { viewport: phone });
});

test('a difference is an alarm; an event is tried again; built anew, the sides are equal without a reload', async () => {
  await platform.down();
  await platform.losesItsFigures();
  await platform.up();
  await onSystem(
    async (page) => {
      const compared = card(page, 'Ledger and analytics');
      await compared.getByText('Ledger ≠ analytics').waitFor();
      await compared.getByText(/could not be added up/).waitFor();
      assert.equal(await overflow(page), 0, 'nor does anything stick out of an alarm');
    },
    { viewport: phone },
  );
  await onSystem(async (page) => {
    const compared = card(page, 'Ledger and analytics');
    const letters = card(page, 'Dead letters');
    await compared.getByRole('row', { name: /^Net revenue differs/ }).waitFor();
    await letters.getByRole('row', { name: /in GBP, but figures are in CHF/ }).first().waitFor();
    const total = async () => Number(/([\d,]+) dead letters/.exec(await letters.innerText())[1].replaceAll(',', ''));
    const before = await total();
    await letters.getByRole('button', { name: 'Try again' }).first().click();
    await page.getByText('The event counts now.').waitFor();
    await page.waitForFunction((text) => document.body.innerText.includes(text), `${(before - 1).toLocaleString('en-GB')} dead letters`);

    await compared.getByRole('button', { name: 'Build anew' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Build anew' }).click();
    await compared.getByText('Ledger = analytics, difference £0.00').waitFor({ timeout: 20_000 });
    await letters.getByText('Every event could be added up').waitFor();
    assert.equal(await compared.getByText('differs').count(), 0);
  });
});

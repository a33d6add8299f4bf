import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { axeFindings, card, launch, narrow, overflow, phone, picture, settled, signIn, visit } from './support/browser.mjs';
import { admin, Client, Platform } from './support/platform.mjs';

let platform;
let browser;
let client;
let product;

before(async () => {
  platform = await Platform.start();
  [browser, client] = await Promise.all([launch(), Client.signIn(platform.url)]);
  product = await client.createProduct(`Journey Sofa ${Date.now()}`, '250.00');
});

after(async () => {
  await browser?.close();
  await platform?.remove();
});

/** A journey through the orders, on a page that must not complain of anything but what the journey expects. */
async function orders(address, options, journey, expected = []) {
  const visitor = await visit(browser, options);
  try {
    await signIn(visitor.page, platform.url, admin);
    await visitor.page.goto(`${platform.url}/orders${address}`);
    await visitor.page.getByRole('heading', { level: 1, name: /^Order/ }).waitFor();
    await settled(visitor.page);
    await journey(visitor.page);
    assert.deepEqual(visitor.troubles.filter((trouble) => !expected.some((pattern) => pattern.test(trouble))), []);
  } finally {
    await visitor.leave();
  }
}

const lines = (page) => page.getByRole('region', { name: /^Orders, page/ }).locator('tbody tr');
const idsOf = (page) => lines(page).locator('th a').evaluateAll((links) => links.map((link) => link.title));
/** When the orders of the list were placed, as UTC, in which the demo shop lives. */
const placed = (page) => lines(page).locator('time').evaluateAll((times) => times.map((time) => time.dateTime));
const steps = (page) => page.getByRole('group', { name: 'Next steps' }).getByRole('button');
const pager = (page) => page.getByRole('navigation', { name: 'Pages' });
const quiet = (page) => page.locator('[aria-busy="true"]').waitFor({ state: 'detached' });

test('the list is the API’s, page by page, and the way back leads back', async () => {
  await orders('', {}, async (page) => {
    for (const number of [1, 2]) {
      const { orders: asked, pagination } = await client.send('GET', `/api/orders?limit=25&page=${number}`);
      await pager(page).getByText(`page ${number} of ${pagination.pages}`).waitFor();
      await quiet(page);
      assert.deepEqual(await idsOf(page), asked.map(({ id }) => id));
      await pager(page).getByText(`${pagination.total.toLocaleString('en-GB')} orders`).waitFor();
      if (number === 1) await page.getByRole('link', { name: 'Next page' }).click();
    }
    const second = await idsOf(page);
    await page.goBack();
    await pager(page).getByText(/page 1 of/).waitFor();
    await quiet(page);
    assert.notDeepEqual(await idsOf(page), second);
  });
});

test('an order that is placed appears by itself, marked, in front', async () => {
  await orders('', {}, async (page) => {
    const order = await client.placeOrder(product, 2);
    const line = lines(page).filter({ has: page.getByTitle(order.id) });
    await line.waitFor({ timeout: 5_000 });
    assert.equal((await idsOf(page))[0], order.id);
    assert.match(await line.innerText(), /new[\s\S]*Pending[\s\S]*2\s+£500\.00/);
    await picture(page, 'orders-arrived');
  });
});

test('filters narrow the list, stand in the address and survive a reload', async () => {
  const order = await client.placeOrder(product, 1);
  await orders('', {}, async (page) => {
    await page.getByRole('button', { name: 'Shipped', exact: true }).click();
    await page.getByRole('button', { name: 'Pending', exact: true }).click();
    await page.waitForURL((url) => url.searchParams.get('status') === 'pending,shipped');
    await quiet(page);
    const shown = await lines(page).locator('td:nth-child(2)').allInnerTexts();
    assert.ok(shown.length > 0 && shown.every((text) => /^(Pending|Shipped)$/.test(text.trim())), shown.join());

    await page.getByRole('combobox', { name: 'Customer' }).fill('ada@');
    await page.getByRole('option').first().click();
    await page.waitForURL((url) => url.searchParams.get('customer') === client.user.id);
    await page.getByRole('searchbox', { name: 'Order number' }).fill(`…${order.id.slice(-8)}`);
    await pager(page).getByText(/^1 order$/).waitFor();
    assert.deepEqual(await idsOf(page), [order.id]);
    await page.reload();
    await pager(page).getByText(/^1 order$/).waitFor();
    assert.deepEqual(await idsOf(page), [order.id]);

    await page.getByRole('button', { name: 'Clear all' }).click();
    await pager(page).getByText(/page 1 of/).waitFor();
    const today = new Date(order.created_at).toISOString().slice(0, 10);
    const yesterday = new Date(Date.parse(order.created_at) - 86_400_000).toISOString().slice(0, 10);
    await page.getByLabel('from', { exact: true }).fill(today);
    await page.waitForURL((url) => url.searchParams.get('since') === today);
    await lines(page).getByTitle(order.id).waitFor();
    await quiet(page);
    assert.ok((await placed(page)).every((at) => at >= today), 'nothing older than its first day');
    await page.getByLabel('from', { exact: true }).fill('');
    await page.getByLabel('to', { exact: true }).fill(yesterday);
    await page.waitForURL((url) => url.searchParams.get('until') === yesterday && !url.searchParams.has('since'));
    await lines(page).getByTitle(order.id).waitFor({ state: 'detached' });
    await quiet(page);
    const before = await placed(page);
    assert.equal(before.length, 25);
    assert.ok(before.every((at) => at < today), 'nothing newer than its last day');
  });
});

test('an order is moved on by its next steps, its history grows, and the list is found again as it was', async () => {
  const order = await client.placeOrder(product, 1);
  await orders('?status=pending', {}, async (page) => {
    await page.getByTitle(order.id).click();
    await page.getByRole('heading', { name: `Order …${order.id.slice(-8)}` }).waitFor();
    const history = card(page, 'History');
    for (const [step, after] of [['Confirm', 'Confirmed'], ['Start processing', 'Processing'], ['Mark as shipped', 'Shipped'], ['Mark as delivered', 'Delivered']]) {
      await page.getByRole('button', { name: step, exact: true }).click();
      await card(page, 'Status').getByRole('status').filter({ hasText: after }).waitFor();
    }
    await page.getByText('Nothing is left to be done.').waitFor();
    await history.getByRole('listitem').nth(4).waitFor();
    assert.deepEqual(
      await history.getByRole('listitem').evaluateAll((items) => items.map((item) => item.innerText.split('\n')[0])),
      ['Placed', 'Confirmed', 'Processing began', 'Shipped', 'Delivered'],
    );
    assert.equal(await card(page, 'What was ordered').getByRole('row', { name: /^Total/ }).innerText().then((text) => /£250\.00/.test(text)), true);
    await picture(page, 'order-delivered');
    await page.getByRole('link', { name: 'All orders', exact: true }).click();
    await page.waitForURL((url) => url.pathname === '/orders' && url.search === '?status=pending');
  });
});

test('cancelling asks first and gives the stock back', async () => {
  const order = await client.placeOrder(product, 3);
  const available = async () => (await client.send('GET', `/api/products/${product.id}/stock`)).available;
  const before = await available();
  await orders(`/${order.id}`, {}, async (page) => {
    await page.getByRole('button', { name: 'Cancel the order' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Keep it' }).click();
    assert.deepEqual(await steps(page).allInnerTexts(), ['Confirm', 'Cancel the order']);
    await page.getByRole('button', { name: 'Cancel the order' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel the order' }).click();
    await card(page, 'Status').getByRole('status').filter({ hasText: 'Cancelled' }).waitFor();
    await page.getByText('Nothing is left to be done.').waitFor();
  });
  assert.equal(await available(), before + 3);
});

test('who is overtaken is told so, and sees how the order stands', async () => {
  const order = await client.placeOrder(product, 1);
  // The browser itself notes a refusal on its console.
  await orders(`/${order.id}`, {}, async (page) => {
    await page.getByRole('button', { name: 'Confirm', exact: true }).waitFor();
    // Paused, so that the page doesn't learn of it by itself.
    await page.getByRole('button', { name: 'Pause' }).click();
    await client.send('PUT', `/api/orders/${order.id}/status`, { status: 'cancelled' });
    await page.getByRole('button', { name: 'Confirm', exact: true }).click();
    await page.getByText('Someone else has changed this order meanwhile: it is cancelled now.').waitFor();
    await card(page, 'Status').getByRole('status').filter({ hasText: 'Cancelled' }).waitFor();
    assert.equal(await steps(page).count(), 0);
  }, [/status of 409/]);
});

for (const theme of ['dark', 'light']) {
  test(`one order has nothing for axe to find, and neither it nor the list sticks out, ${theme}`, async () => {
    const order = await client.placeOrder(product, 1);
    await orders(`/${order.id}`, { theme }, async (page) => {
      await steps(page).first().waitFor();
      assert.deepEqual(await axeFindings(page, theme), []);
      await picture(page, `order-desktop-${theme}`);
    });
    for (const viewport of [phone, narrow]) {
      for (const address of ['', `/${order.id}`]) {
        await orders(address, { theme, viewport }, async (page) => {
          assert.equal(await overflow(page), 0);
          await picture(page, `order${address === '' ? 's' : ''}-${viewport.width}-${theme}`);
        });
      }
    }
  });
}

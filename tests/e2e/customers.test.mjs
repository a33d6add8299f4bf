import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { axeFindings, card, figure, launch, narrow, overflow, phone, picture, settled, signIn, visit } from './support/browser.mjs';
import { assertShows, assertTableShows, namesOf, numberIn, readTable, savedBy } from './support/csv.mjs';
import { admin, Client, Platform } from './support/platform.mjs';

const analyst = { email: 'alan@shop.test', password: 'figures and no names' };

let platform;
let browser;
let client;

before(async () => {
  platform = await Platform.start();
  await platform.down();
  await platform.addUser(analyst, 'analyst');
  await platform.up();
  [browser, client] = await Promise.all([launch(), Client.signIn(platform.url)]);
});

after(async () => {
  await browser?.close();
  await platform?.remove();
});

/** The customers of the days in `search`, on a page that must not complain. */
async function onCustomers(search, journey, { who = admin, ...options } = {}) {
  const { page, troubles, leave } = await visit(browser, options);
  try {
    await signIn(page, platform.url, who);
    await open(page, search);
    await journey(page);
    assert.deepEqual(troubles, []);
  } finally {
    await leave();
  }
}

async function open(page, search) {
  await page.goto(`${platform.url}/customers${search}`);
  await page.getByRole('heading', { level: 1, name: 'Customers', exact: true }).waitFor();
  await settled(page);
}

const tableOf = (page, name) => card(page, name).getByRole('table');
const showTable = (page) => card(page, 'New and returning').getByRole('button', { name: 'Show table' }).click();

describe('the CSV is what the screen shows, in every cell', () => {
  for (const [cut, search] of [['day', ''], ['week', '?range=90d&compare=off']]) {
    test(`new and returning by ${cut}`, async () => {
      await onCustomers(search, async (page) => {
        await showTable(page);
        const table = await readTable(tableOf(page, 'New and returning'));
        const saved = await savedBy(page, 'New and returning');
        assertTableShows(table, saved, [
          ['Active', 'active_customers', 0],
          ['New', 'new_customers', 0],
          ['Returning', 'returning_customers', 0],
          ['Repeat rate', 'repeat_rate', 1],
        ]);
        const names = await namesOf(page, cut, saved.map((row) => row[cut]));
        assert.deepEqual(table.rows.map(([name]) => name.replace(/ (so far|in part)$/, '')), names);
        assert.ok(table.rows.at(-1)[0].endsWith(' so far'), 'today is not over');
        // A customer of two days is one of all of them: totals are the server's, as on the cards, and not sums.
        for (const [index, name] of [[1, 'Active customers'], [2, 'New customers'], [3, 'Returning customers']]) {
          assert.equal(await figure(page, name), numberIn(table.foot[index]), name);
        }
        assert.equal(numberIn(table.foot[1]), numberIn(table.foot[2]) + numberIn(table.foot[3]), 'one is either new or returning');
      });
    });
  }

  test('the most active, whose names lead to the accounts that the CSV has', async () => {
    await onCustomers('?range=30d', async (page) => {
      const table = await readTable(tableOf(page, 'Most active'));
      const saved = await savedBy(page, 'Most active');
      const ids = await tableOf(page, 'Most active').locator('tbody th a').evaluateAll((links) => links.map((link) => new URL(link.href).searchParams.get('customer')));
      assert.deepEqual(ids, saved.map(({ user_id: id }) => id));
      const instants = await tableOf(page, 'Most active').locator('time').evaluateAll((times) => times.map((time) => time.dateTime));
      assert.deepEqual(instants, saved.map(({ last_order_date: instant }) => instant));
      table.rows.forEach(([name, orders, spent], row) => {
        assertShows(orders, saved[row].order_count, 0, `orders of ${name}`);
        assertShows(spent, saved[row].total_spent, 2, `spent by ${name}`);
      });
    });
  });

  for (const months of [12, 6]) {
    test(`who came again, ${months} months`, async () => {
      await onCustomers(months === 12 ? '' : `?cohorts=${months}`, async (page) => {
        const { rows } = await readTable(tableOf(page, 'Who came again'));
        const saved = await savedBy(page, 'Who came again');
        assert.equal(rows.length, months);
        const cohorts = [...new Set(saved.map(({ cohort }) => cohort))];
        assert.equal(cohorts.length, months);
        let compared = 0;
        for (const { cohort, months_later: later, customers, retention, incomplete } of saved) {
          const row = rows[cohorts.indexOf(cohort)];
          assertShows(row[1], customers, 0, `customers of ${cohort}`);
          if (later === '0') continue;
          const cell = row[1 + Number(later)];
          assertShows(cell.replace(/\s*·\s*so far$/, ''), retention, 1, `${cohort} after ${later} months`);
          if (retention !== '') assert.equal(cell.includes('so far'), incomplete === 'true', `${cohort} after ${later} months`);
          compared += 1;
        }
        assert.equal(compared, (months * (months - 1)) / 2, 'the whole triangle');
      });
    });
  }

  test('segments and scores', async () => {
    await onCustomers('', async (page) => {
      const segments = await readTable(tableOf(page, 'Recency, frequency, value'));
      const saved = await savedBy(page, 'Recency, frequency, value');
      assert.deepEqual(segments.rows.map(([name]) => name.split('\n')[0]), saved.map(({ title }) => title));
      assertTableShows(segments, saved, [
        ['Customers', 'customers', 0],
        ['of all', 'customer_share', 1],
        ['Each', 'revenue_per_customer', 2],
        ['Last bought', 'mean_recency_days', 0],
        ['Net revenue', 'net_revenue', 2],
        ['of all', 'revenue_share', 1],
      ]);

      await card(page, 'Recency, frequency, value').getByRole('button', { name: 'Scores' }).click();
      await page.waitForURL((url) => url.searchParams.get('segments') === 'scores');
      const { rows } = await readTable(page.getByRole('table', { name: 'What customers of each score have' }));
      const scores = await savedBy(page, 'Recency, frequency, value');
      assert.equal(rows.length, scores.length);
      rows.forEach(([score, days, recent, orders, frequent, amounts, valuable], index) => {
        const row = scores[index];
        const assertRange = (cell, from, to, digits) => {
          const [first, last = first] = cell.split(' – ');
          assertShows(first, from, digits, `score ${score}`);
          assertShows(last, to, digits, `score ${score}`);
        };
        assert.equal(score, row.score);
        assertRange(days, row.recency_days_from, row.recency_days_to, 0);
        assertRange(orders, row.placed_orders_from, row.placed_orders_to, 0);
        assertRange(amounts, row.net_revenue_from, row.net_revenue_to, 2);
        assertShows(recent, row.recency_customers, 0, `score ${score}`);
        assertShows(frequent, row.frequency_customers, 0, `score ${score}`);
        assertShows(valuable, row.monetary_customers, 0, `score ${score}`);
      });
    });
  });
});

test('days, months and table are in the address, gone back from and on to again', async () => {
  await onCustomers('', async (page) => {
    const search = () => new URL(page.url()).search;
    const pressed = (group, name) => page.getByRole('group', { name: group }).getByRole('button', { name, pressed: true }).waitFor();
    const still = async () => {
      await page.locator('[aria-busy="true"]').waitFor({ state: 'detached' });
      await settled(page);
    };
    const week = await figure(page, 'Active customers');
    await page.getByRole('group', { name: 'Days shown' }).getByRole('button', { name: '30 days' }).click();
    await pressed('Days shown', '30 days');
    await page.waitForFunction((before) => !document.querySelector('main').innerText.includes(`${before} customers bought`), week);
    await still();
    const month = await figure(page, 'Active customers');
    assert.ok(month > week, `${month} in 30 days, ${week} in 7`);
    await page.getByRole('group', { name: 'How many months' }).getByRole('button', { name: '24 months' }).click();
    await page.getByRole('group', { name: 'Which table' }).getByRole('button', { name: 'Scores' }).click();
    assert.equal(search(), '?range=30d&cohorts=24&segments=scores');

    await page.goBack();
    await pressed('Which table', 'Segments');
    await page.goBack();
    await pressed('How many months', '12 months');
    await page.goBack();
    await pressed('Days shown', '7 days');
    await still();
    assert.equal(await figure(page, 'Active customers'), week);
    for (let step = 0; step < 3; step += 1) await page.goForward();
    await pressed('Which table', 'Scores');
    await page.reload();
    await settled(page);
    await pressed('How many months', '24 months');
    assert.equal(await figure(page, 'Active customers'), month);
  });
});

test('an order placed through the API makes a customer of who had not bought, without a reload', async () => {
  const product = await client.createProduct(`Customers Kettle ${Date.now()}`, '99999.00');
  await onCustomers('', async (page) => {
    await page.evaluate(() => (window.sameVisit = true));
    const [active, fresh] = [await figure(page, 'Active customers'), await figure(page, 'New customers')];
    const started = Date.now();
    await client.placeOrder(product, 1);
    const link = tableOf(page, 'Most active').locator(`a[href*="customer=${client.user.id}"]`);
    await link.waitFor({ timeout: 10_000 });
    const took = Date.now() - started;
    await page.waitForFunction((words) => document.querySelector('main').innerText.includes(words), `${active + 1} customers bought`);
    assert.equal(await figure(page, 'Active customers'), active + 1);
    assert.equal(await figure(page, 'New customers'), fresh + 1);
    assert.equal((await readTable(tableOf(page, 'Most active'))).rows[0][2].replaceAll(/[^\d.]/g, ''), '99999.00');
    assert.ok(await page.evaluate(() => window.sameVisit), 'it is still the same page');
    assert.ok(took < 5_000, `the order took ${took} ms to be in the table`);

    await link.click();
    await page.getByRole('heading', { level: 1, name: 'Orders', exact: true }).waitFor();
    assert.equal(new URL(page.url()).searchParams.get('customer'), client.user.id);
    await page.getByText(product.name).or(page.getByText('99,999.00')).first().waitFor();
  });
});

test('an analyst sees the figures, and neither names nor ways to single orders', async () => {
  await onCustomers('', async (page) => {
    const asked = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await open(page, '');
    const { rows } = await readTable(tableOf(page, 'Most active'));
    assert.ok(rows.length > 0);
    for (const [name] of rows) assert.match(name, /^…[\da-f]{8}$/);
    assert.equal(await page.locator('a[href^="/orders"]').count(), 0, 'not in the navigation either');
    assert.deepEqual(asked.filter((path) => path.startsWith('/api/users') || path.startsWith('/api/orders')), []);
    assert.equal((await savedBy(page, 'New and returning')).length, 7);
  }, { who: analyst });
});

for (const viewport of [narrow, phone]) {
  test(`nothing sticks out at ${viewport.width} pixels`, async () => {
    await onCustomers('', async (page) => {
      for (const search of ['?cohorts=24', '?range=12m&segments=scores&compare=year']) {
        await open(page, search);
        await showTable(page);
        assert.equal(await overflow(page), 0, search);
      }
      const region = page.getByRole('region', { name: 'Retention by cohort' });
      await region.focus();
      await page.keyboard.press('ArrowRight');
      await page.waitForFunction((element) => element.scrollLeft > 0, await region.elementHandle());
      await picture(page, `customers-tables-${viewport.width}`);
    }, { viewport });
  });
}

for (const theme of ['dark', 'light']) {
  test(`axe finds nothing with tables shown, ${theme}`, async () => {
    await onCustomers('?cohorts=24&segments=scores', async (page) => {
      await showTable(page);
      assert.deepEqual(await axeFindings(page, theme), []);
      await picture(page, `customers-tables-${theme}`);
    }, { theme });
  });
}

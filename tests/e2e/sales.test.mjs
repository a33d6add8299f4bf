import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { axeFindings, card, figure, launch, narrow, overflow, phone, picture, settled, signIn, visit } from './support/browser.mjs';
import { assertShows, assertTableShows, namesOf, numberIn, readTable, savedBy } from './support/csv.mjs';
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

/** The sales of the days in `search`, on a page that must not complain. */
async function onSales(search, journey, options = {}) {
  const { page, troubles, leave } = await visit(browser, options);
  try {
    await signIn(page, platform.url, admin);
    await open(page, search);
    await journey(page);
    assert.deepEqual(troubles, []);
  } finally {
    await leave();
  }
}

async function open(page, search) {
  await page.goto(`${platform.url}/sales${search}`);
  await page.getByRole('heading', { level: 1, name: 'Sales', exact: true }).waitFor();
  await settled(page);
}

const day = (ago) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
const trend = (page, cut) => page.getByRole('table', { name: new RegExp(`^Sales by ${cut}`) });

const columns = [
  ['Net', 'net_revenue', 2],
  ['Gross', 'gross_revenue', 2],
  ['Cancelled', 'cancelled_revenue', 2],
  ['Orders', 'orders', 0],
  ['Average order', 'average_order_value', 2],
  ['Units', 'units', 0],
  ['Customers', 'active_customers', 0],
];
const additive = ['net_revenue', 'gross_revenue', 'cancelled_revenue', 'orders', 'units'];
const compared = [...columns, ['Net before', 'compared_net_revenue', 2], ['Change', 'change_net_revenue', 1]];

describe('the CSV is what the screen shows, in every cell', () => {
  for (const [cut, search, shown] of [
    ['day', '', compared],
    ['day', '?range=30d&compare=off', columns],
    ['hour', `?from=${day(4)}&to=${day(3)}`, compared],
    ['week', '?range=30d&by=week', compared],
    ['month', '?range=90d&by=month&compare=off', columns],
  ]) {
    test(`sales by ${cut}${search && ` (${search.slice(1)})`}`, async () => {
      await onSales(search, async (page) => {
        const table = await readTable(trend(page, cut));
        const saved = await savedBy(page, 'Sales over time');
        assertTableShows(table, saved, shown);
        const names = await namesOf(page, cut, saved.map((row) => row[cut]));
        table.rows.forEach(([name], row) => {
          assert.equal(name.replace(/ (so far|in part)$/, ''), names[row]);
          assert.equal(name.endsWith(' so far'), saved[row].incomplete === 'true', name);
        });
        // What adds up does so in the totals, which the cards show as well.
        for (const [title, field, digits] of columns.filter(([, name]) => additive.includes(name))) {
          const sum = saved.reduce((total, row) => total + Number(row[field]), 0);
          assertShows(table.foot[table.head.indexOf(title)], sum.toFixed(2), digits, `the total of ${title}`);
        }
        assert.equal(await figure(page, 'Net revenue'), numberIn(table.foot[1]));
        assert.equal(await figure(page, 'Orders'), numberIn(table.foot[4]));
      });
    });
  }

  test('sales by category', async () => {
    await onSales('?range=90d', async (page) => {
      const table = await readTable(card(page, 'By category').getByRole('table'));
      const saved = await savedBy(page, 'By category');
      assertTableShows(table, saved, [['Units', 'units', 0], ['Change', 'change_net_revenue', 1], ['Net revenue', 'net_revenue', 2]]);
      assert.deepEqual(table.rows.map(([name]) => name), saved.map(({ category }) => category || 'Without category'));
    });
  });

  for (const [metric, search, digits] of [['net_revenue', '?range=30d', 2], ['placed_orders', '?range=30d&heat=placed_orders', 0]]) {
    test(`hours of the week, ${metric}`, async () => {
      await onSales(search, async (page) => {
        const map = card(page, 'By hour of the week');
        const titles = await map.locator('td').evaluateAll((cells) => cells.map((cell) => cell.title));
        const saved = await savedBy(page, 'By hour of the week');
        assert.equal(saved.length, 168);
        const shown = new Map(titles.map((text) => text.split(/: (?=[^:]*$)/)));
        for (const { weekday, hour_of_day: hour, value } of saved) {
          const name = `${weekday[0].toUpperCase()}${weekday.slice(1)} ${hour.padStart(2, '0')}:00`;
          assertShows(shown.get(name) === 'no figure' ? '–' : shown.get(name), value, digits, name);
        }
      });
    });
  }

  test('the forecast', async () => {
    await onSales('?ahead=30', async (page) => {
      const ahead = card(page, 'Forecast of net revenue');
      await ahead.getByRole('button', { name: 'Show table' }).click();
      const { rows } = await readTable(ahead.getByRole('table'));
      const saved = await savedBy(page, 'Forecast of net revenue');
      assert.equal(rows.length, 30);
      assert.deepEqual(rows.map(([name]) => name), await namesOf(page, 'day', saved.map(({ date }) => date)));
      rows.forEach(([name, expected, inner, outer], row) => {
        assertShows(expected, saved[row].expected_revenue, 2, name);
        [...inner.split(' – '), ...outer.split(' – ')].forEach((cell, index) =>
          assertShows(cell, saved[row][['low_80', 'high_80', 'low_95', 'high_95'][index]], 2, name),
        );
      });
    });
  });
});

test('range and cut are in the address, asked for, gone back from and on to again', async () => {
  await onSales('', async (page) => {
    const search = () => new URL(page.url()).search;
    const rows = async (cut) => (await readTable(trend(page, cut))).rows.length;
    const shows = async (cut, range) => {
      await trend(page, cut).waitFor();
      await page.getByRole('button', { name: range, exact: true, pressed: true }).first().waitFor();
      await page.locator('[aria-busy="true"]').waitFor({ state: 'detached' });
      await settled(page);
    };
    const range = page.getByRole('group', { name: 'Days shown' });
    const cut = page.getByRole('group', { name: 'Cut by' });
    assert.equal(await rows('day'), 7);
    const week = await figure(page, 'Net revenue');

    await range.getByRole('button', { name: '30 days' }).click();
    await shows('day', '30 days');
    await page.waitForFunction(() => document.querySelectorAll('[role="region"][aria-label^="Sales by day"] tbody tr').length === 30);
    const month = await figure(page, 'Net revenue');
    assert.ok(month > week, `${month} in 30 days, ${week} in 7`);

    await cut.getByRole('button', { name: 'Week' }).click();
    await shows('week', '30 days');
    assert.equal(search(), '?range=30d&by=week');
    assert.ok([5, 6].includes(await rows('week')));
    assert.equal(await figure(page, 'Net revenue'), month, 'another cut of the same days has the same total');

    await page.goBack();
    await shows('day', '30 days');
    assert.equal(search(), '?range=30d');
    await page.goBack();
    await shows('day', '7 days');
    assert.equal(await figure(page, 'Net revenue'), week);
    await page.goForward();
    await page.goForward();
    await shows('week', '30 days');
    await page.reload();
    await shows('week', '30 days');
    assert.equal(await figure(page, 'Net revenue'), month);
  });
});

test('an order placed through the API changes cards and table without a reload', async () => {
  const product = await client.createProduct(`Sales Lantern ${Date.now()}`, '41.50');
  await onSales('', async (page) => {
    await page.evaluate(() => (window.sameVisit = true));
    const before = await readTable(trend(page, 'day'));
    const [orders, net] = [await figure(page, 'Orders'), await figure(page, 'Net revenue')];
    const started = Date.now();
    await client.placeOrder(product, 2);
    const column = before.head.indexOf('Orders');
    const today = numberIn(before.rows.at(-1)[column]);
    await page.waitForFunction(
      ([cell, wanted]) => document.querySelector('[role="region"][aria-label^="Sales by day"] tbody tr:last-child')?.cells[cell].innerText === wanted,
      [column, (today + 1).toLocaleString('en-GB')],
      { timeout: 10_000 },
    );
    const took = Date.now() - started;
    const after = await readTable(trend(page, 'day'));
    assert.equal((numberIn(after.rows.at(-1)[1]) - numberIn(before.rows.at(-1)[1])).toFixed(2), '83.00');
    assert.equal((numberIn(after.foot[1]) - numberIn(before.foot[1])).toFixed(2), '83.00');
    assert.equal(await figure(page, 'Orders'), orders + 1);
    assert.equal(((await figure(page, 'Net revenue')) - net).toFixed(2), '83.00');
    assert.ok(await page.evaluate(() => window.sameVisit), 'it is still the same page');
    // Asked for again two seconds after at most; the rest is for a machine that is busy.
    assert.ok(took < 5_000, `the order took ${took} ms to be in the table`);
    await page.getByText('Journeys', { exact: true }).first().waitFor();
  });
});

for (const viewport of [narrow, phone]) {
  test(`nothing sticks out at ${viewport.width} pixels, however sales are cut`, async () => {
    await onSales('', async (page) => {
      for (const search of ['', `?from=${day(20)}&to=${day(1)}&by=hour`, '?range=12m&compare=year&heat=placed_orders', '?range=90d&by=month&ahead=60']) {
        await open(page, search);
        assert.equal(await overflow(page), 0, search);
      }
      await card(page, 'Forecast of net revenue').getByRole('button', { name: 'Show table' }).click();
      assert.equal(await overflow(page), 0, 'with the forecast as a table');
      // The table is wider than the screen and scrolls by itself, by keyboard too.
      const region = page.getByRole('region', { name: /^Sales by month/ });
      await region.focus();
      await page.keyboard.press('ArrowRight');
      await page.waitForFunction((element) => element.scrollLeft > 0, await region.elementHandle());
      await picture(page, `sales-months-${viewport.width}`);
    }, { viewport });
  });
}

for (const theme of ['dark', 'light']) {
  test(`axe finds nothing with tables and hours shown, ${theme}`, async () => {
    await onSales(`?from=${day(3)}&to=${day(2)}&heat=placed_orders`, async (page) => {
      await card(page, 'Forecast of net revenue').getByRole('button', { name: 'Show table' }).click();
      assert.deepEqual(await axeFindings(page, theme), []);
      await picture(page, `sales-hours-${theme}`);
    }, { theme });
  });
}

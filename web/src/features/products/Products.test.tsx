import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, test } from 'vitest';
import { axeFindings } from '../../test/axe';
import { dashboard, sessionData, storeSession } from '../../test/fixtures';
import { open, shopServer } from '../../test/open';
import { ok, refuse, type FakeServer, type FakeStream } from '../../test/server';
import { cosy, product, report, row, sales, stock, teapot, together } from './fixtures';
import { readCorrection } from './StockForm';
import { stockSign } from './stockSign';

let server: FakeServer;
let streams: FakeStream[];

const reports = '/api/analytics/reports/products';
const asked = () => server.to(reports).map(({ search }) => search.toString());
const table = (name: RegExp) => screen.findByRole('region', { name });
const cells = (inside: HTMLElement, name: string) => {
  const line = within(inside).getByRole('rowheader', { name: new RegExp(name) }).closest('tr');
  return within(line as HTMLElement).getAllByRole('cell').map((cell) => cell.textContent);
};

beforeEach(() => {
  ({ server, streams } = shopServer());
  server
    .on(`GET ${reports}`, ({ search }) => ok(report({ sort: search.get('sort') as 'top' | 'falling' })))
    .on(`GET /api/products/${teapot}`, () => ok({ product: product() }))
    .on(`GET /api/products/${teapot}/stock`, () => ok(stock()))
    .on('POST /api/analytics/query', () => ok(sales()))
    .on('GET /api/analytics/reports/bought-together', () => ok(together()))
    .on('GET /api/users', () => ok({ users: [sessionData().user] }));
  storeSession();
});

describe('the report', () => {
  test('shows the answer’s figures and signs the stock in words', async () => {
    const { container } = await open('/products');
    const top = await table(/^Products by net revenue/);
    expect(cells(top, 'BLUE TEAPOT')).toEqual(['€480.00', 'down-20%', '-€120.00', '12', '9', '40', '23 days left']);
    expect(cells(top, 'TEA COSY')).toEqual(['€90.00', 'no comparison', '+€90.00', '12', '9', '0', 'out']);
    expect(within(top).getByText('inactive')).toBeVisible();
    expect(asked()).toEqual(['from=2026-11-17&to=2026-11-23&compare=previous_period&sort=top&limit=50']);
    expect(document.title).toBe('Products · Lantern & Loom');
    expect(await axeFindings(container)).toEqual([]);
  });

  test('what fell is another address, and the days go along', async () => {
    await open('/products?from=2026-11-01&to=2026-11-05');
    await table(/^Products by net revenue/);
    await userEvent.click(screen.getByRole('button', { name: 'Falling' }));
    expect(window.location.search).toBe('?from=2026-11-01&to=2026-11-05&sort=falling');
    await table(/^Products whose net revenue fell/);
    expect(asked().at(-1)).toBe('from=2026-11-17&to=2026-11-23&compare=previous_period&sort=falling&limit=50');
    window.history.back();
    await table(/^Products by net revenue/);
  });

  test('without a comparison there is none in the table of the best, but in that of the falling', async () => {
    await open('/products?compare=off');
    const top = await table(/^Products by net revenue/);
    expect(within(top).queryByRole('columnheader', { name: 'Change' })).toBeNull();
    await userEvent.click(screen.getByRole('button', { name: 'Falling' }));
    expect(within(await table(/fell/)).getByRole('columnheader', { name: 'Change' })).toBeVisible();
  });

  test('sorts by how long the stock lasts; what nobody buys lasts longest', async () => {
    const never = row({ product_id: 'p9', product_name: 'OLD HAT', days_of_stock_left: null, units: 0 });
    server.on(`GET ${reports}`, () => ok(report({ products: [never, ...report().products] })));
    await open('/products');
    const top = await table(/^Products by net revenue/);
    await userEvent.click(within(top).getByRole('button', { name: 'Lasts' }));
    expect(within(top).getAllByRole('rowheader').map((head) => head.textContent)).toEqual(['TEA COSYinactive', 'BLUE TEAPOT', 'OLD HAT']);
    expect(within(top).getByText('no sales in the period')).toBeVisible();
  });

  test('a catalogue that does not answer is said, and is no empty stock', async () => {
    server.on(`GET ${reports}`, () => ok(report({ stock_available: false, products: [row({ available: null, is_active: null, days_of_stock_left: null })] })));
    await open('/products');
    expect(await screen.findByText(/The catalogue does not answer:/)).toBeVisible();
    expect(cells(await table(/^Products by net revenue/), 'BLUE TEAPOT').slice(-2)).toEqual(['–', 'not known']);
  });

  test('nothing sold, and nothing fallen', async () => {
    server.on(`GET ${reports}`, ({ search }) => ok(report({ products: [], sort: search.get('sort') as 'top' })));
    await open('/products');
    expect(await screen.findByText('Nothing sold in this period')).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Falling' }));
    expect(await screen.findByText('No product fell')).toBeVisible();
  });

  test('an error can be tried again', async () => {
    server.on(`GET ${reports}`, () => refuse(400, 'Not these days.'));
    await open('/products');
    expect(await screen.findByText('Not these days.')).toBeVisible();
    server.on(`GET ${reports}`, () => ok(report()));
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('BLUE TEAPOT')).toBeVisible();
  });
});

describe('one product', () => {
  const address = `/products?product=${teapot}`;
  const card = (name: string) => screen.findByRole('region', { name });

  test('is chosen by its name, is in the address, and can be closed', async () => {
    await open('/products?sort=falling');
    await userEvent.click(await screen.findByRole('link', { name: 'BLUE TEAPOT' }));
    expect(window.location.search).toBe(`?sort=falling&product=${teapot}`);
    const heading = await screen.findByRole('heading', { name: 'BLUE TEAPOT' });
    expect(heading).toHaveFocus();
    await userEvent.click(screen.getByRole('button', { name: 'Close' }));
    expect(window.location.search).toBe('?sort=falling');
    expect(screen.queryByRole('heading', { name: 'BLUE TEAPOT' })).toBeNull();
  });

  test('is found by typing', async () => {
    server.on('GET /api/products', () => ok({ products: [product()], pagination: { page: 1, limit: 8, total: 1, pages: 1 }, next_cursor: null }));
    await open('/products');
    await userEvent.type(await screen.findByRole('combobox', { name: 'Find a product' }), 'teap');
    await userEvent.click(await screen.findByRole('option', { name: /BLUE TEAPOT/ }));
    expect(window.location.search).toBe(`?product=${teapot}`);
    expect(server.to('/api/products').at(-1)?.search.get('search')).toBe('teap');
  });

  test('shows price, category, sales of the report’s days, companions in words and the ledger', async () => {
    const { container } = await open(address);
    const panel = await screen.findByRole('region', { name: 'The product chosen' });
    await within(panel).findByText('€19.99');
    expect(panel).toHaveTextContent('CategoryKitchen');
    const its = await card('Its sales');
    await within(its).findByText(/€219.89 from 11 units in 8 orders.*\+119.9% against/);
    expect(server.to('/api/analytics/query')[0]?.body).toEqual({
      metrics: ['net_revenue', 'units', 'orders'],
      dimensions: ['day'],
      filters: [{ dimension: 'product', values: [teapot] }],
      from: '2026-11-17',
      to: '2026-11-23',
      compare: 'previous_period',
    });
    await userEvent.click(within(its).getByRole('button', { name: 'Show table' }));
    expect(cells(its, 'Total')).toEqual(['€219.89', '11', '8', '€100.00']);
    const companions = await card('Bought together');
    await within(companions).findByText(/50 orders held this product/);
    expect(companions).toHaveTextContent('In 30 of them was also TEA COSY: 3.50× as often as chance alone would put them together.');
    expect(cells(companions, 'TEA COSY')).toEqual(['30', '60.00%', '0.16%', '3.50×']);
    expect(within(companions).getByRole('columnheader', { name: /Against chance/ })).toHaveAttribute('title', expect.stringContaining('1× is chance'));
    const ledger = await card('Stock');
    await within(ledger).findByText(/Ada Loom/);
    expect(ledger).toHaveTextContent('Available38Reserved2Sold5');
    expect(within(ledger).getByRole('link', { name: '…e5f60718' })).toHaveAttribute('href', '/orders/01932c09-3c43-7d10-a1b2-c3d4e5f60718');
    expect(cells(ledger, 'Reserved').at(-1)).toBe('-2');
    expect(await axeFindings(container)).toEqual([]);
  });

  test('companions of the days shown are another question', async () => {
    await open(address);
    await userEvent.click(await screen.findByRole('button', { name: 'Days shown' }));
    expect(window.location.search).toBe(`?product=${teapot}&together=days`);
    const questions = () => server.to('/api/analytics/reports/bought-together').map(({ search }) => search.toString());
    await waitFor(() => expect(questions().at(-1)).toBe(`product_id=${teapot}&limit=10&from=2026-11-17&to=2026-11-23`));
    expect(questions()[0]).toBe(`product_id=${teapot}&limit=10`);
    await userEvent.click(within(await card('Bought together')).getByRole('link', { name: 'TEA COSY' }));
    expect(window.location.search).toContain(`product=${cosy}`);
  });

  test('one that the catalogue no longer shows keeps its sales', async () => {
    server.on(`GET /api/products/${teapot}`, () => refuse(404, 'No such product.'));
    await open(address);
    expect(await screen.findByText(/The catalogue shows no such product/)).toBeVisible();
    expect(await screen.findByText(/€219.89 from 11 units/)).toBeVisible();
  });

  test('what was never bought, or always alone, is said', async () => {
    server.on('GET /api/analytics/reports/bought-together', () => ok(together({ companions: [], product_orders: 4 })));
    const { rows, ...rest } = sales();
    server.on('POST /api/analytics/query', () => ok({ ...rest, rows: rows.map((day) => ({ ...day, net_revenue: 0, orders: 0, units: 0 })) }));
    await open(address);
    expect(await screen.findByText('Always bought alone')).toBeVisible();
    expect(await screen.findByText('Not sold in this period')).toBeVisible();
  });

  test('a product without any order has no companions yet, which is no error', async () => {
    server.on('GET /api/analytics/reports/bought-together', () => refuse(404, 'No order ever held this product.'));
    await open(address);
    expect(await screen.findByText('Never ordered so far')).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Try again' })).toBeNull();
  });

  test('analysts see figures, but neither the ledger nor a way to change it', async () => {
    storeSession(undefined, 'analyst');
    await open(address);
    await screen.findByText(/€219.89 from 11 units/);
    expect(screen.queryByRole('region', { name: 'Stock' })).toBeNull();
    expect(server.to(`/api/products/${teapot}/stock`)).toHaveLength(0);
    expect(server.to('/api/users')).toHaveLength(0);
    expect(screen.queryByRole('link', { name: 'Orders' })).toBeNull();
  });

  test('older movements are read on', async () => {
    const [newest, oldest] = stock().movements;
    server.on(`GET /api/products/${teapot}/stock`, ({ search }) =>
      ok(search.get('cursor') === 'c2' ? stock({ movements: oldest ? [oldest] : [] }) : stock({ movements: newest ? [newest] : [], next_cursor: 'c2' })),
    );
    await open(address);
    const ledger = await card('Stock');
    expect(await within(ledger).findByText('The newest 1 of 2 movements')).toBeVisible();
    await userEvent.click(within(ledger).getByRole('button', { name: 'Older ones' }));
    expect(await within(ledger).findByText('First stock')).toBeVisible();
    expect(within(ledger).queryByRole('button', { name: 'Older ones' })).toBeNull();
  });
});

describe('correcting the stock', () => {
  const posts = () => server.calls.filter(({ method }) => method === 'POST').filter(({ path }) => path.endsWith('/stock'));

  async function form() {
    await open(`/products?product=${teapot}`);
    await userEvent.click(await screen.findByRole('button', { name: 'Correct' }));
    return within(screen.getByRole('form', { name: 'Correct the stock' }));
  }

  test('says what is wrong before it is sent', async () => {
    const fields = await form();
    await userEvent.click(fields.getByRole('button', { name: 'Correct the stock' }));
    expect(fields.getByLabelText('Units, with − for fewer')).toHaveAccessibleDescription('A whole number, with − for fewer.');
    expect(fields.getByLabelText('Reason')).toBeInvalid();
    expect(posts()).toHaveLength(0);
  });

  test('what the server refuses is said; the same correction keeps its key, another gets its own', async () => {
    server.on(`POST /api/products/${teapot}/stock`, () =>
      refuse(409, 'There is too little stock', { code: 'insufficient_inventory', errors: [`${teapot}: 41 to be taken away, 38 available`] }),
    );
    const fields = await form();
    await userEvent.type(fields.getByLabelText('Units, with − for fewer'), '-41');
    await userEvent.type(fields.getByLabelText('Reason'), 'Broken in transport');
    const submit = fields.getByRole('button', { name: 'Correct the stock' });
    await userEvent.click(submit);
    expect(await fields.findByText('There are not that many to take away: 41 to be taken away, 38 available')).toBeVisible();
    await userEvent.click(submit);
    await waitFor(() => expect(posts()).toHaveLength(2));
    server.on(`POST /api/products/${teapot}/stock`, () => ok({ ...stock({ available: 35 }), movement: stock().movements[0] }));
    await userEvent.clear(fields.getByLabelText('Units, with − for fewer'));
    await userEvent.type(fields.getByLabelText('Units, with − for fewer'), '-3');
    await userEvent.click(await fields.findByRole('button', { name: 'Correct the stock' }));
    expect(await screen.findByText('Stock corrected: 35 units available.')).toBeVisible();
    const keys = posts().map(({ headers }) => headers.get('Idempotency-Key'));
    expect(keys[0]).toBe(keys[1]);
    expect(keys[2]).not.toBe(keys[1]);
    expect(posts()[2]?.body).toEqual({ change: -3, reason: 'Broken in transport' });
    expect(screen.queryByRole('form', { name: 'Correct the stock' })).toBeNull();
  });
});

test('figures follow the shop: an event asks for the report again', async () => {
  await open('/products');
  await table(/^Products by net revenue/);
  const before = asked().length;
  streams[0]?.send('overview', dashboard({ freshness: { events_behind: 0, position: 43, last_event_at: null } }), '43');
  await waitFor(() => expect(asked().length).toBeGreaterThan(before));
});

test.each([
  [{ available: null, days_of_stock_left: null }, 'not known'],
  [{ available: 0, days_of_stock_left: 0 }, 'out'],
  [{ available: 5, days_of_stock_left: null }, 'no sales in the period'],
  [{ available: 5, days_of_stock_left: 0.4 }, 'less than a day left'],
  [{ available: 5, days_of_stock_left: 1 }, '1 day left'],
  [{ available: 5, days_of_stock_left: 1.9 }, '1.9 days left'],
  [{ available: 50, days_of_stock_left: 18.6 }, '19 days left'],
  [{ available: 5, days_of_stock_left: 3 }, '3 days left'],
  [{ available: 5000, days_of_stock_left: 1234.5 }, '1,235 days left'],
])('stock %j is signed %j', (stocked, text) => expect(stockSign(stocked).text).toBe(text));

test('no two kinds of sign share icon and tone', () => {
  const signs = [[null, null], [0, 0], [5, null], [5, 3], [5, 30]].map(([available, days]) => stockSign({ available: available ?? null, days_of_stock_left: days ?? null }));
  expect(new Set(signs.map(({ icon }) => icon)).size).toBe(signs.length);
});

test.each([
  ['change', '-3', 'Broken', { change: -3, reason: 'Broken' }],
  ['change', '−3', ' Broken ', { change: -3, reason: 'Broken' }],
  ['change', '+12', 'Found', { change: 12, reason: 'Found' }],
  ['set_to', '0', 'Counted', { set_to: 0, reason: 'Counted' }],
] as const)('%s %j because of %j is a correction', (mode, units, reason, body) => expect(readCorrection(mode, units, reason)).toEqual(body));

test.each([
  ['change', '0', 'units'],
  ['change', '1.5', 'units'],
  ['change', '1000000001', 'units'],
  ['set_to', '-1', 'units'],
  ['set_to', '', 'units'],
] as const)('%s %j is none', (mode, units, field) => expect(readCorrection(mode, units, 'Counted')).toHaveProperty(field, expect.any(String)));

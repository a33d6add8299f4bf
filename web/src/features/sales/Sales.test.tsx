import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { AnalyticsQuery, AnalyticsRow, AnalyticsTable, HeatMap } from '../../api/types';
import { cellsOf, csv, forecast, heatMap, onDays, onTable, split, table } from '../../test/analytics';
import { axeFindings } from '../../test/axe';
import { dashboard, storeSession } from '../../test/fixtures';
import { open, shopServer } from '../../test/open';
import { ok, refuse, type Call, type FakeServer, type FakeStream } from '../../test/server';

const { saveAs } = vi.hoisted(() => ({ saveAs: vi.fn<(content: Blob, fileName: string) => void>() }));
vi.mock('../../lib/save', () => ({ saveAs }));

let server: FakeServer;
let streams: FakeStream[];
/** Rows by how they are cut, as the API has them. */
let rows: Record<string, AnalyticsRow[]>;
// Nothing that adding the rows up would give: what stands in the totals row can only be the answer's.
let totals: Record<string, number | null>;
let heat: (metric: 'net_revenue' | 'placed_orders') => HeatMap;

const query = '/api/analytics/query';
const asked = (call: Call | undefined) => call?.body as AnalyticsQuery;
const cutOf = (call: Call) => asked(call).dimensions?.[0] ?? '';
const trendCalls = () => split(server.to(query).filter((call) => cutOf(call) !== 'category'));
const categoryCalls = () => split(server.to(query).filter((call) => cutOf(call) === 'category'));

function row(name: string, at: string, net: number, change: AnalyticsRow = {}): AnalyticsRow {
  const figures = { net_revenue: net, gross_revenue: net + 10.5, cancelled_revenue: 10.5, orders: 4, average_order_value: 50.25, units: 9, active_customers: 3 };
  return { [name]: at, ...figures, compared_net_revenue: net / 2, change_net_revenue: 100, incomplete: false, ...change };
}

beforeEach(() => {
  storeSession();
  saveAs.mockClear();
  rows = {
    hour: [
      row('hour', '2026-10-25T01:00:00+02:00', 10),
      row('hour', '2026-10-25T02:00:00+02:00', 20),
      row('hour', '2026-10-25T02:00:00+01:00', 30),
      row('hour', '2026-10-25T03:00:00+01:00', 5),
    ],
    day: [
      row('day', '2026-11-21', 1200.25),
      row('day', '2026-11-22', 0, { gross_revenue: 0, cancelled_revenue: 0, orders: 0, average_order_value: null, compared_net_revenue: 0, change_net_revenue: null }),
      row('day', '2026-11-23', 310, { incomplete: true }),
    ],
    week: [row('week', '2026-11-02', 100), row('week', '2026-11-09', 250), row('week', '2026-11-16', 300), row('week', '2026-11-23', 40, { incomplete: true })],
    month: [row('month', '2026-10', 900), row('month', '2026-11', 700, { incomplete: true })],
    category: [
      { category: 'Kitchen', net_revenue: 400, units: 31, orders: 12, change_net_revenue: 12.5 },
      { category: '', net_revenue: 100, units: 4, orders: 2, change_net_revenue: null },
    ],
  };
  totals = {
    net_revenue: 98_765.43,
    gross_revenue: 100_000.1,
    cancelled_revenue: 1234.67,
    orders: 4321,
    average_order_value: 22.86,
    units: 8765,
    active_customers: 777,
    compared_net_revenue: 90_000,
    change_net_revenue: 9.7,
    change_gross_revenue: 3,
    change_cancelled_revenue: 8,
    change_orders: null,
    compared_orders: 0,
  };
  heat = (metric) => heatMap(metric, (weekday, hour) => (weekday === 'friday' && hour === 17 ? 321.5 : weekday === 'monday' && hour === 3 ? null : 0));
  ({ server, streams } = shopServer());
  onDays(server);
  onTable(server, `POST ${query}`, (call) => table(asked(call), rows[cutOf(call)] ?? [], totals));
  onTable(server, 'GET /api/analytics/reports/heat-map', ({ search }) => heat(search.get('metric') as 'net_revenue'));
  onTable(server, 'GET /api/analytics/reports/forecast', () => forecast());
});

const card = (name: string) => screen.findByRole('region', { name });
const choose = async (group: string, name: string) => userEvent.click(within(await screen.findByRole('group', { name: group })).getByRole('button', { name }));
const trend = (name: string | RegExp = /^Sales by day/) => screen.findByRole('table', { name });
const bodyOf = (element: HTMLElement) => [...element.querySelectorAll('tbody tr')].map(cellsOf);
const firstCells = (element: HTMLElement) => bodyOf(element).map(([first]) => first);

describe('the figures', () => {
  test('are those of the answer, in cards, table and totals, and axe finds nothing', async () => {
    const { container } = await open('/sales');
    expect(bodyOf(await trend())).toEqual([
      ['Sat, Nov 21, 2026', '€1,200.25', '€1,210.75', '€10.50', '4', '€50.25', '9', '3', '€600.13', '+100%'],
      ['Sun, Nov 22, 2026', '€0.00', '€0.00', '€0.00', '0', '–', '9', '3', '€0.00', '–'],
      ['Mon, Nov 23, 2026 so far', '€310.00', '€320.50', '€10.50', '4', '€50.25', '9', '3', '€155.00', '+100%'],
    ]);
    const foot = (await trend()).querySelector('tfoot tr');
    expect(foot && cellsOf(foot)).toEqual(['Total', '€98,765.43', '€100,000.10', '€1,234.67', '4,321', '€22.86', '8,765', '777', '€90,000.00', '+9.7%']);
    expect(await card('Net revenue')).toHaveTextContent('€98,765.43');
    expect(await card('Net revenue')).toHaveTextContent('up+9.7%');
    expect(await card('Gross revenue')).toHaveTextContent('€100,000.10');
    expect(await card('Cancelled')).toHaveTextContent('€1,234.67');
    expect(within(await card('Cancelled')).getByText('+8%')).toHaveClass('text-bad');
    expect(await card('Orders')).toHaveTextContent('4,321');
    expect(await card('Orders')).toHaveTextContent('no comparison');
    expect(await card('Sales over time')).toHaveTextContent('Best day: Sat, Nov 21, 2026, €1,200.25. The last day is not over yet.');
    expect(await axeFindings(container)).toEqual([]);
  });

  test('that are none have a dash that says why', async () => {
    await open('/sales');
    const [, quiet] = within(await trend()).getAllByRole('row').slice(1);
    for (const dash of within(quiet as HTMLElement).getAllByText('–')) expect(dash).toHaveAttribute('title');
    expect(document.body.textContent).not.toMatch(/NaN|Infinity|undefined/);
  });

  test('sort by column, dashes last either way', async () => {
    await open('/sales');
    const byAverage = within(await trend()).getByRole('button', { name: 'Average order' });
    await userEvent.click(byAverage);
    expect((await trend()).querySelector('tbody tr:last-child')).toHaveTextContent('Nov 22');
    await userEvent.click(byAverage);
    expect((await trend()).querySelector('tbody tr:last-child')).toHaveTextContent('Nov 22');
  });

  test('of categories are listed with their change, one without a name too', async () => {
    await open('/sales');
    const list = await within(await card('By category')).findByRole('table');
    expect(bodyOf(list)).toEqual([
      ['Kitchen', '31', '+12.5%', '€400.00'],
      ['Without category', '4', '–', '€100.00'],
    ]);
    expect(within(list).getByText('–')).toHaveAttribute('title');
  });

  test('are asked for again when the stream tells that something happened', async () => {
    await open('/sales');
    await trend();
    const before = trendCalls().shown.length;
    rows['day'] = [row('day', '2026-11-23', 4711.5, { incomplete: true })];
    const { freshness } = dashboard();
    streams[0]?.send('overview', dashboard({ freshness: { ...freshness, position: 43 } }), '43');
    await waitFor(() => expect(trendCalls().shown.length).toBeGreaterThan(before), { timeout: 4_000 });
    expect(await within(await trend()).findByText('€4,711.50')).toBeVisible();
  });
});

describe('what is asked of the server', () => {
  const bounds = { from: '2026-11-17', to: '2026-11-23' };

  test('are the days as the server placed them, the metrics on the screen, and what they are compared with', async () => {
    await open('/sales');
    await trend();
    expect(trendCalls().shown.map(asked)).toEqual([
      {
        metrics: ['net_revenue', 'gross_revenue', 'cancelled_revenue', 'orders', 'average_order_value', 'units', 'active_customers'],
        dimensions: ['day'],
        ...bounds,
        compare: 'previous_period',
        limit: 10_000,
      },
    ]);
    expect(categoryCalls().shown.map(asked)).toEqual([
      { metrics: ['net_revenue', 'units', 'orders'], dimensions: ['category'], ...bounds, compare: 'previous_period', limit: 12 },
    ]);
    const map = split(server.to('/api/analytics/reports/heat-map')).shown;
    expect(map.map(({ search }) => Object.fromEntries(search))).toEqual([{ ...bounds, metric: 'net_revenue' }]);
  });

  test('the year before, or nothing, as the address says', async () => {
    await open('/sales?compare=year');
    await trend();
    expect(server.to('/api/analytics/dashboard')[0]?.search.get('compare')).toBe('previous_year');
    expect(asked(trendCalls().shown[0]).compare).toBe('previous_year');
    await userEvent.keyboard('x');
    expect(window.location.search).toContain('compare=off');
    await waitFor(() => expect(asked(trendCalls().shown.at(-1))).not.toHaveProperty('compare'));
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Net before' })).toBeNull());
    expect(asked(categoryCalls().shown.at(-1))).not.toHaveProperty('compare');
    expect(await card('Net revenue')).not.toHaveTextContent('vs');
  });

  test('the legend takes the earlier days out of the picture and of the question', async () => {
    await open('/sales');
    await userEvent.click(within(await screen.findByRole('group', { name: 'Lines in the chart' })).getByRole('button', { name: /^Net \w*\s?\d/ }));
    expect(window.location.search).toBe('?compare=off');
    await waitFor(() => expect(asked(trendCalls().shown.at(-1))).not.toHaveProperty('compare'));
  });

  test('a preset asks for its days, the figures for those that the server made of it', async () => {
    await open('/sales');
    await trend();
    const moved = { from: '2026-09-20', to: '2026-10-19' };
    server.on('GET /api/analytics/dashboard', () => ok(dashboard({ period: { ...dashboard().period, ...moved, days: 30, anchor: 'last_data' } })));
    await userEvent.keyboard('m');
    await waitFor(() => expect(server.to('/api/analytics/dashboard').at(-1)?.search.toString()).toBe('days=30'));
    await waitFor(() => expect(asked(trendCalls().shown.at(-1))).toMatchObject(moved));
    expect(asked(categoryCalls().shown.at(-1))).toMatchObject(moved);
    expect(server.to('/api/analytics/reports/heat-map').at(-1)?.search.get('from')).toBe(moved.from);
    expect(await screen.findByText(/There are no orders in the last 30 days/)).toBeVisible();
  });
});

describe('the cut', () => {
  const pressed = async (group: string) => within(await screen.findByRole('group', { name: group })).getByRole('button', { pressed: true }).textContent;

  test('is chosen into the address, asked for, and gone back from', async () => {
    await open('/sales?from=2026-11-03&to=2026-11-23');
    await trend();
    expect(await pressed('Cut by')).toBe('Day');
    await choose('Cut by', 'Week');
    expect(window.location.search).toContain('by=week');
    const weekly = await trend(/^Sales by week/);
    expect(asked(trendCalls().shown.at(-1)).dimensions).toEqual(['week']);
    expect(firstCells(weekly)).toEqual([
      'Week of Mon, Nov 2, 2026 in part',
      'Week of Mon, Nov 9, 2026',
      'Week of Mon, Nov 16, 2026',
      'Week of Mon, Nov 23, 2026 so far',
    ]);
    window.history.back();
    expect(await trend()).toBeVisible();
    expect(window.location.search).not.toContain('by=');
  });

  test('of an address is that of the page', async () => {
    await open('/sales?from=2026-10-01&to=2026-11-23&by=month');
    expect(firstCells(await trend(/^Sales by month/))).toEqual(['October 2026', 'November 2026 so far']);
    expect(await pressed('Cut by')).toBe('Month');
  });

  test('that the days do not allow is neither offered nor asked for', async () => {
    await open('/sales?from=2025-11-24&to=2026-11-23&by=hour');
    await trend(/^Sales by week/);
    expect(await pressed('Cut by')).toBe('Week');
    expect(within(screen.getByRole('group', { name: 'Cut by' })).queryByRole('button', { name: 'Hour' })).toBeNull();
    expect(trendCalls().shown.map(cutOf)).toEqual(['week']);
  });

  test('by hour tells the two hours apart that a change of the clock makes alike, and keeps them in order', async () => {
    await open('/sales?from=2026-10-25&to=2026-10-25');
    const hourly = await trend(/^Sales by hour/);
    const inOrder = [
      'Sun, Oct 25, 2026, 01:00',
      'Sun, Oct 25, 2026, 02:00 (UTC+02:00)',
      'Sun, Oct 25, 2026, 02:00 (UTC+01:00)',
      'Sun, Oct 25, 2026, 03:00',
    ];
    expect(firstCells(hourly)).toEqual(inOrder);
    await userEvent.click(within(hourly).getByRole('button', { name: 'Hour' }));
    expect(firstCells(hourly)).toEqual(inOrder);
    expect(await card('Sales over time')).toHaveTextContent('Best hour: Sun, Oct 25, 2026, 02:00 (UTC+01:00), €30.00.');
  });
});

describe('the hours of the week', () => {
  test('name the strongest, and every cell says what it is', async () => {
    await open('/sales');
    const map = await card('By hour of the week');
    expect(await within(map).findByText(/^Strongest hour by net revenue: Friday from 17:00, €321\.50 in /)).toBeVisible();
    expect(within(map).getByTitle('Friday 17:00: €321.50')).toHaveTextContent('€321.50');
    expect(within(map).getByTitle('Monday 03:00: no figure')).toBeInTheDocument();
    expect(within(map).getByTitle('Monday 04:00: €0.00')).toBeInTheDocument();
    expect(within(map).getAllByRole('cell')).toHaveLength(168);
  });

  test('show orders when asked to, in the address too', async () => {
    await open('/sales');
    await choose('What is shown by hour', 'Orders');
    expect(window.location.search).toBe('?heat=placed_orders');
    await waitFor(() => expect(server.to('/api/analytics/reports/heat-map').at(-1)?.search.get('metric')).toBe('placed_orders'));
    expect(await screen.findByText(/^Strongest hour by orders placed: /)).toBeVisible();
  });
});

describe('the forecast', () => {
  test('says how it was made, is a table on demand, and looks as far ahead as the address says', async () => {
    await open('/sales?ahead=60');
    const ahead = await card('Forecast of net revenue');
    expect(await within(ahead).findByText('The week before, repeated.')).toBeVisible();
    await userEvent.click(within(ahead).getByRole('button', { name: 'Show table' }));
    expect(bodyOf(await within(ahead).findByRole('table'))[0]).toEqual(['Tue, Nov 24, 2026', '€310.50', '€200.00 – €420.25', '€150.00 – €480.00']);
    expect(server.to('/api/analytics/reports/forecast').map(({ search }) => search.toString())).toEqual(['days=60']);
    await choose('How far ahead', '14 days');
    expect(window.location.search).toBe('');
    await waitFor(() => expect(server.to('/api/analytics/reports/forecast').at(-1)?.search.toString()).toBe('days=14'));
  });

  test.each([
    ['too_little_history', 'Too little history yet'],
    ['nothing_sold', 'Nothing was sold lately'],
  ] as const)('that cannot be made (%s) says why', async (state, title) => {
    onTable(server, 'GET /api/analytics/reports/forecast', () => forecast({ state, days: [], method: null, history: null }));
    await open('/sales');
    expect(await screen.findByText(title)).toBeVisible();
  });
});

describe('files', () => {
  const save = async (name: string) => userEvent.click(within(await card(name)).getByRole('button', { name: 'CSV' }));

  test('hold the answer to the very question whose answer is on the screen', async () => {
    await open('/sales?from=2026-11-03&to=2026-11-23&by=week&heat=placed_orders&ahead=30&compare=year');
    await trend(/^Sales by week/);
    for (const name of ['Sales over time', 'By category', 'By hour of the week', 'Forecast of net revenue']) await save(name);
    await waitFor(() => expect(saveAs).toHaveBeenCalledTimes(4));
    expect(saveAs.mock.calls.map(([, name]) => name).sort()).toEqual([
      'forecast 30 days.csv',
      'placed_orders by hour of the week 2026-11-03 to 2026-11-23.csv',
      'sales by category 2026-11-03 to 2026-11-23.csv',
      'sales by week 2026-11-03 to 2026-11-23.csv',
    ]);
    expect(saveAs.mock.calls[0]?.[0].size).toBe(csv.length);
    for (const { shown, saved } of [trendCalls(), categoryCalls()]) {
      expect(saved.map(asked)).toEqual([asked(shown.at(-1))]);
      expect(saved[0]?.search.toString()).toBe('format=csv');
    }
    for (const path of ['heat-map', 'forecast']) {
      const { shown, saved } = split(server.to(`/api/analytics/reports/${path}`));
      expect(saved.map(({ search }) => Object.fromEntries(search))).toEqual([{ ...Object.fromEntries(shown.at(-1)?.search ?? []), format: 'csv' }]);
    }
  });

  test('that cannot be had are told', async () => {
    await open('/sales');
    await trend();
    server.on(`POST ${query}`, () => refuse(400, 'Too many rows.'));
    await save('Sales over time');
    expect(await screen.findByText('The CSV could not be made: Too many rows.')).toBeVisible();
    expect(saveAs).not.toHaveBeenCalled();
  });
});

describe('what may be missing', () => {
  test('days without anything say what to expect', async () => {
    const nothing = (call: Call): AnalyticsTable => {
      const quiet = { gross_revenue: 0, cancelled_revenue: 0, orders: 0, compared_net_revenue: 0, change_net_revenue: null };
      return table(asked(call), cutOf(call) === 'category' ? [] : [row('day', '2026-11-23', 0, quiet)], { net_revenue: 0, gross_revenue: 0, cancelled_revenue: 0, orders: 0 });
    };
    onTable(server, `POST ${query}`, nothing);
    heat = (metric) => heatMap(metric, () => 0);
    const { container } = await open('/sales');
    expect(await screen.findByText('No sales in this period')).toBeVisible();
    await waitFor(() => expect(screen.getAllByText('Nothing sold in this period')).toHaveLength(2));
    expect(await card('Net revenue')).toHaveTextContent('€0.00');
    expect(await card('Orders')).toHaveTextContent('0');
    expect(await axeFindings(container)).toEqual([]);
  });

  test('a card whose answer fails says why and is tried again by its own button', async () => {
    server.on(`POST ${query}`, (call) => (cutOf(call) === 'category' ? refuse(400, 'No categories today.') : ok(table(asked(call), rows[cutOf(call)] ?? [], totals))));
    await open('/sales');
    const categories = await card('By category');
    expect(await within(categories).findByText('No categories today.')).toBeVisible();
    expect(await trend()).toBeVisible();
    onTable(server, `POST ${query}`, (call) => table(asked(call), rows[cutOf(call)] ?? [], totals));
    await userEvent.click(within(categories).getByRole('button', { name: 'Try again' }));
    expect(await within(categories).findByText('Kitchen')).toBeVisible();
  });

  test('days that cannot be had are the trouble of every card that needs them, and any of them asks again', async () => {
    server.on('GET /api/analytics/dashboard', () => refuse(400, 'The period can’t be read.'));
    server.on('GET /api/analytics/stream', () => refuse(404, 'none'));
    await open('/sales');
    for (const name of ['Net revenue', 'Gross revenue', 'Cancelled', 'Orders', 'Sales over time', 'By category', 'By hour of the week']) {
      expect(await within(await card(name)).findByText('The period can’t be read.')).toBeVisible();
    }
    expect(await within(await card('Forecast of net revenue')).findByText('The week before, repeated.')).toBeVisible();
    expect(server.to(query)).toEqual([]);
    onDays(server);
    await userEvent.click(within(await card('By category')).getByRole('button', { name: 'Try again' }));
    expect(await trend()).toBeVisible();
    expect(await within(await card('By category')).findByText('Kitchen')).toBeVisible();
  });
});

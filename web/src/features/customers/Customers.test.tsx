import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { AnalyticsQuery, AnalyticsRow, Cohorts, Segments, UserActivity } from '../../api/types';
import { activity, buyers, cellsOf, cohorts, onDays, onTable, segments, split, table } from '../../test/analytics';
import { axeFindings } from '../../test/axe';
import { dashboard, storeSession } from '../../test/fixtures';
import { open, shopServer } from '../../test/open';
import { ok, refuse, type Call, type FakeServer, type FakeStream } from '../../test/server';

const { saveAs } = vi.hoisted(() => ({ saveAs: vi.fn<(content: Blob, fileName: string) => void>() }));
vi.mock('../../lib/save', () => ({ saveAs }));

let server: FakeServer;
let streams: FakeStream[];
let rows: Record<string, AnalyticsRow[]>;
let totals: Record<string, number | null>;
let active: UserActivity;
let again: Cohorts;
let sorted: Segments;

const query = '/api/analytics/query';
const report = (name: string) => `/api/analytics/reports/${name}`;
const asked = (call: Call | undefined) => call?.body as AnalyticsQuery;
const cutOf = (call: Call) => asked(call).dimensions?.[0] ?? '';
const paramsOf = (call: Call | undefined) => Object.fromEntries(call?.search ?? []);
const bought = (name: string, at: string, fresh: number, returning: number, change: AnalyticsRow = {}): AnalyticsRow => ({
  [name]: at, active_customers: fresh + returning, new_customers: fresh, returning_customers: returning, repeat_rate: 12.5, incomplete: false, ...change,
});

beforeEach(() => {
  storeSession();
  saveAs.mockClear();
  rows = {
    day: [
      bought('day', '2026-11-21', 3, 1004),
      bought('day', '2026-11-22', 0, 0, { repeat_rate: null }),
      bought('day', '2026-11-23', 1, 2, { incomplete: true }),
    ],
    week: [bought('week', '2026-08-31', 5, 6), bought('week', '2026-09-07', 7, 8), bought('week', '2026-11-23', 1, 2, { incomplete: true })],
  };
  // Nobody is counted twice in all days, so that these are no sums of the rows.
  totals = { active_customers: 612, new_customers: 41, returning_customers: 571, repeat_rate: 33.4, change_active_customers: -8.5, compared_active_customers: 669, change_new_customers: null };
  active = activity();
  again = cohorts();
  sorted = segments();
  ({ server, streams } = shopServer());
  onDays(server);
  onTable(server, `POST ${query}`, (call) => table(asked(call), rows[cutOf(call)] ?? [], totals));
  onTable(server, 'GET /api/analytics/users/activity', () => active);
  onTable(server, `GET ${report('cohorts')}`, () => again);
  onTable(server, `GET ${report('segments')}`, () => sorted);
  server.on('GET /api/users', () =>
    ok({ users: [{ id: buyers[0], email: 'grace@example.com', first_name: 'Grace', last_name: 'Hopper', role: 'customer', created_at: '2026-01-01T00:00:00.000Z' }] }),
  );
});

const card = (name: string) => screen.findByRole('region', { name });
const tableIn = async (name: string) => within(await card(name)).findByRole('table');
const choose = async (group: string, name: string) => userEvent.click(within(await screen.findByRole('group', { name: group })).getByRole('button', { name }));
const bodyOf = (element: HTMLElement) => [...element.querySelectorAll('tbody tr')].map(cellsOf);
const showTable = async () => {
  await userEvent.click(await within(await card('New and returning')).findByRole('button', { name: 'Show table' }));
  return tableIn('New and returning');
};

describe('the figures', () => {
  test('are those of the answer, in cards and words, and axe finds nothing', async () => {
    const { container } = await open('/customers');
    const fresh = await card('New and returning');
    expect(await within(fresh).findByText(/^612 customers bought in .*: 41 for the first time, 571 again\.$/)).toBeVisible();
    expect(await card('Active customers')).toHaveTextContent('612');
    expect(await card('Active customers')).toHaveTextContent('down-8.5%');
    expect(await card('New customers')).toHaveTextContent('no comparison');
    expect(await card('Returning customers')).toHaveTextContent('571');
    expect(await card('Repeat rate')).toHaveTextContent('33.4%');
    await tableIn('Who came again');
    await tableIn('Recency, frequency, value');
    await screen.findByText('Grace Hopper');
    expect(document.body.textContent).not.toMatch(/NaN|Infinity|undefined/);
    expect(await axeFindings(container)).toEqual([]);
  });

  test('are a table on demand, with what holds for all days as the answer says it', async () => {
    const { container } = await open('/customers');
    const shown = await showTable();
    expect(bodyOf(shown)).toEqual([
      ['Sat, Nov 21, 2026', '1,007', '3', '1,004', '12.5%'],
      ['Sun, Nov 22, 2026', '0', '0', '0', '–'],
      ['Mon, Nov 23, 2026 so far', '3', '1', '2', '12.5%'],
    ]);
    expect(within(shown).getByText('–')).toHaveAttribute('title');
    const foot = shown.querySelector('tfoot tr');
    expect(foot && cellsOf(foot)).toEqual(['In all days', '612', '41', '571', '33.4%']);
    expect(await axeFindings(container)).toEqual([]);
  });

  test('of weeks say which of them the days hold in part', async () => {
    await open('/customers?from=2026-09-01&to=2026-11-23');
    expect(bodyOf(await showTable()).map(([first]) => first)).toEqual([
      'Week of Mon, Aug 31, 2026 in part',
      'Week of Mon, Sep 7, 2026',
      'Week of Mon, Nov 23, 2026 so far',
    ]);
  });

  test('are asked for with the days of the page, cut as they can be read, against what the address says', async () => {
    await open('/customers?from=2026-09-01&to=2026-11-23&compare=year');
    await showTable();
    const { shown } = split(server.to(query));
    expect(shown.map(asked)).toEqual([
      {
        metrics: ['active_customers', 'new_customers', 'returning_customers', 'repeat_rate'],
        dimensions: ['week'],
        from: '2026-09-01',
        to: '2026-11-23',
        compare: 'previous_year',
        limit: 10_000,
      },
    ]);
    expect(server.to('/api/analytics/users/activity').map(paramsOf)).toEqual([{ from: '2026-09-01', to: '2026-11-23' }]);
    await userEvent.keyboard('x');
    await waitFor(() => expect(asked(server.to(query).at(-1))).not.toHaveProperty('compare'));
    await waitFor(async () => expect(await card('Active customers')).not.toHaveTextContent('vs'));
  });

  test('follow the shop', async () => {
    await open('/customers');
    await screen.findByText('Grace Hopper');
    totals = { ...totals, active_customers: 613 };
    active = activity({ top_users: active.top_users.map((user) => ({ ...user, order_count: 88 })) });
    streams[0]?.send('overview', dashboard({ freshness: { ...dashboard().freshness, position: 43 } }), '43');
    await waitFor(async () => expect(await card('Active customers')).toHaveTextContent('613'), { timeout: 4_000 });
    await waitFor(async () => expect(bodyOf(await tableIn('Most active')).map((cells) => cells[1])).toEqual(['88', '88']));
  });
});

describe('the most active', () => {
  test('have names and lead to their orders, within the days of the page', async () => {
    await open('/customers?range=30d');
    const list = await tableIn('Most active');
    const grace = await within(list).findByRole('link', { name: 'Grace Hopper' });
    expect(grace).toHaveAttribute('href', expect.stringMatching(/^\/orders\?/));
    const target = new URL(grace.getAttribute('href') ?? '', 'http://shop.test').searchParams;
    expect(target.get('customer')).toBe(buyers[0]);
    expect(within(grace).getByTitle(`grace@example.com, ${buyers[0]}`)).toBeVisible();
    // One without an account, such as of an imported sale, is told by its id.
    expect(within(list).getByRole('link', { name: '…bbbb0002' })).toBeVisible();
    expect(server.to('/api/users').map(paramsOf)).toEqual([{ ids: buyers.join() }]);
  });

  test('are shown as the answer has them, in the shop’s time, and sort', async () => {
    await open('/customers');
    const list = await tableIn('Most active');
    await within(list).findByText('Grace Hopper');
    // Half past eleven in the evening of UTC is the next day in Berlin.
    expect(bodyOf(list)[0]).toEqual(['Grace Hopper', '3', '€119.94', expect.stringMatching(/^Nov 23, 2026, 12:30\sAM$/)]);
    await userEvent.click(within(list).getByRole('button', { name: 'Orders' }));
    expect(bodyOf(list).map((cells) => cells[1])).toEqual(['7', '3']);
  });

  test('have neither names nor links for an analyst, for whom accounts are not asked for', async () => {
    storeSession(undefined, 'analyst');
    const { container } = await open('/customers');
    const list = await tableIn('Most active');
    expect(bodyOf(list).map(([first]) => first)).toEqual(['…aaaa0001', '…bbbb0002']);
    expect(within(list).queryAllByRole('link')).toEqual([]);
    expect(container.querySelectorAll('main a[href^="/orders"]')).toHaveLength(0);
    await tableIn('Recency, frequency, value');
    expect(server.to('/api/users')).toEqual([]);
    expect(document.body).not.toHaveTextContent('Grace');
  });
});

describe('who came again', () => {
  test('is a triangle of shares, the running month marked, a month without first orders told from a share of zero', async () => {
    await open('/customers');
    const triangle = await tableIn('Who came again');
    expect(bodyOf(triangle)).toEqual([
      ['Sep 26', '40', '25%', '7.5% · so far'],
      ['Oct 26', '0', '–', ''],
      ['Nov 26', '12', '', ''],
    ]);
    expect(within(triangle).getByTitle('10 of 40 in Oct 26, €125.00 ordered')).toBeVisible();
    expect(within(triangle).getByTitle('3 of 40 in Nov 26, €37.50 ordered, so far')).toBeVisible();
    expect(within(triangle).getByText('–')).toHaveAttribute('title', 'Nobody first bought in that month');
  });

  test('goes back as many months as the address says', async () => {
    await open('/customers?cohorts=6');
    await tableIn('Who came again');
    expect(server.to(report('cohorts')).map(paramsOf)).toEqual([{ months: '6' }]);
    await choose('How many months', '24 months');
    expect(window.location.search).toBe('?cohorts=24');
    await waitFor(() => expect(paramsOf(server.to(report('cohorts')).at(-1))).toEqual({ months: '24' }));
    await choose('How many months', '12 months');
    expect(window.location.search).toBe('');
    window.history.back();
    await waitFor(() => expect(within(screen.getByRole('group', { name: 'How many months' })).getByRole('button', { pressed: true })).toHaveTextContent('24 months'));
  });
});

describe('segments', () => {
  test('are listed with their figures, an empty one with dashes that say why', async () => {
    await open('/customers');
    const list = await tableIn('Recency, frequency, value');
    expect(bodyOf(list)).toEqual([
      ['ChampionsBought just now, buy often and spend most.', '9', '75%', '€100.06', '3 days ago', '€900.50', '90%'],
      ['LostBought little, longest ago.', '0', '0%', '–', '–', '€0.00', '0%'],
    ]);
    for (const dash of within(list).getAllByText('–')) expect(dash).toHaveAttribute('title', 'Nobody is in this segment.');
  });

  test('give way to what each score means, in the address too', async () => {
    await open('/customers');
    await choose('Which table', 'Scores');
    expect(window.location.search).toBe('?segments=scores');
    const scores = await screen.findByRole('table', { name: 'What customers of each score have' });
    expect(bodyOf(scores)).toEqual([
      ['5', '0 – 6', '4', '4', '3', '€80.25 – €300.00', '2'],
      ['4', '–', '0', '–', '0', '–', '0'],
    ]);
    for (const dash of within(scores).getAllByText('–')) expect(dash).toHaveAttribute('title', 'Nobody has this score.');
  });
});

describe('files', () => {
  test('hold the answer to the very question whose answer is on the screen', async () => {
    await open('/customers?from=2026-09-01&to=2026-11-23&cohorts=24&segments=scores');
    await showTable();
    await screen.findByText('Grace Hopper');
    for (const name of ['New and returning', 'Most active', 'Who came again', 'Recency, frequency, value']) {
      await userEvent.click(within(await card(name)).getByRole('button', { name: 'CSV' }));
    }
    await waitFor(() => expect(saveAs).toHaveBeenCalledTimes(4));
    expect(saveAs.mock.calls.map(([, name]) => name).sort()).toEqual([
      'customer scores.csv',
      'customers 2026-09-01 to 2026-11-23.csv',
      'most active customers 2026-09-01 to 2026-11-23.csv',
      'retention by cohort, 24 months.csv',
    ]);
    const figures = split(server.to(query));
    expect(figures.saved.map(asked)).toEqual([asked(figures.shown.at(-1))]);
    for (const path of ['/api/analytics/users/activity', report('cohorts')]) {
      const { shown, saved } = split(server.to(path));
      expect(saved.map(paramsOf)).toEqual([{ ...paramsOf(shown.at(-1)), format: 'csv' }]);
    }
    expect(split(server.to(report('segments'))).saved.map(paramsOf)).toEqual([{ table: 'scores', format: 'csv' }]);
  });
});

describe('what may be missing', () => {
  test('customers who never came say what to expect', async () => {
    rows = { day: [bought('day', '2026-11-23', 0, 0, { repeat_rate: null })] };
    totals = { active_customers: 0, new_customers: 0, returning_customers: 0, repeat_rate: null };
    active = activity({ top_users: [] });
    again = cohorts({ cohorts: again.cohorts.map((row) => ({ ...row, customers: 0, active_customers: 0, retention: null })) });
    sorted = segments({ segments: sorted.segments.map((segment) => ({ ...segment, customers: 0 })) });
    const { container } = await open('/customers');
    await waitFor(() => expect(screen.getAllByText('Nobody bought in this period')).toHaveLength(2));
    expect(await screen.findByText('No first orders in these months')).toBeVisible();
    expect(await screen.findByText('No customers yet')).toBeVisible();
    expect(await card('Active customers')).toHaveTextContent('0');
    expect(within(await card('Repeat rate')).getByText('–')).toHaveAttribute('title');
    expect(server.to('/api/users')).toEqual([]);
    expect(await axeFindings(container)).toEqual([]);
  });

  test('a card whose answer fails says why and is tried again by its own button', async () => {
    server.on(`GET ${report('cohorts')}`, () => refuse(400, 'No months today.'));
    await open('/customers');
    const triangle = await card('Who came again');
    expect(await within(triangle).findByText('No months today.')).toBeVisible();
    await tableIn('Most active');
    onTable(server, `GET ${report('cohorts')}`, () => again);
    await userEvent.click(within(triangle).getByRole('button', { name: 'Try again' }));
    expect(await within(triangle).findByText('Sep 26')).toBeVisible();
  });

  test('days that cannot be had are the trouble of the cards that need them alone', async () => {
    server.on('GET /api/analytics/dashboard', () => refuse(400, 'The period can’t be read.'));
    server.on('GET /api/analytics/stream', () => refuse(404, 'none'));
    await open('/customers');
    for (const name of ['Active customers', 'New customers', 'Returning customers', 'Repeat rate', 'New and returning', 'Most active']) {
      expect(await within(await card(name)).findByText('The period can’t be read.')).toBeVisible();
    }
    expect(await tableIn('Who came again')).toBeVisible();
    expect(await tableIn('Recency, frequency, value')).toBeVisible();
    onDays(server);
    await userEvent.click(within(await card('Most active')).getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('Grace Hopper')).toBeVisible();
  });
});

import type { AnalyticsQuery, AnalyticsRow, AnalyticsTable, Cohorts, Forecast, HeatMap, Period, Segments, UserActivity } from '../api/types';
import { dashboard } from './fixtures';
import { ok, type Call, type FakeServer } from './server';

const answered = { freshness: { events_behind: 0, position: 42, last_event_at: '2026-11-23T09:00:03.000Z' }, last_updated: '2026-11-23T09:00:03.100Z' };

/** Days that a page may be opened for by its address, as the server places them; the last week else. */
export function periodOf({ search }: Call): Period {
  const usual = dashboard().period;
  const [from, to] = [search.get('from'), search.get('to')];
  if (from === null || to === null) return usual;
  return { ...usual, from, to, days: (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1, incomplete: to >= usual.to };
}

type Unit = AnalyticsTable['columns'][number]['unit'];

/** The answer to a question with these rows. Totals are given and not summed up: a view must not add by itself. */
export function table(question: AnalyticsQuery, rows: readonly AnalyticsRow[], totals: Readonly<Record<string, number | null>>): AnalyticsTable {
  const column = (name: string, role: 'dimension' | 'metric' | 'compared' | 'change' | 'flag', unit: Unit = null) => ({ name, role, unit });
  const { metrics, dimensions = [], compare, from, to } = question;
  const { period } = dashboard();
  return {
    columns: [
      ...dimensions.map((name) => column(name, 'dimension')),
      ...metrics.flatMap((name) => [
        column(name, 'metric', 'count'),
        ...(compare ? [column(`compared_${name}`, 'compared', 'count'), column(`change_${name}`, 'change', 'percent')] : []),
      ]),
      column('incomplete', 'flag'),
    ],
    rows: [...rows],
    totals: { ...totals },
    row_count: rows.length,
    period: { ...period, from: from ?? period.from, to: to ?? period.to },
    compared: compare ? { from: period.previous_from, to: period.previous_to } : null,
    ...answered,
  };
}

const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

export function heatMap(metric: 'net_revenue' | 'placed_orders', value: (weekday: string, hour: number) => number | null): HeatMap {
  const unit = metric === 'net_revenue' ? 'amount' : 'count';
  return {
    cells: weekdays.flatMap((weekday) => [...Array(24).keys()].map((hour) => ({ weekday, hour_of_day: hour, hours: 1, value: value(weekday, hour) }))),
    metric: { name: metric, title: metric === 'net_revenue' ? 'Net revenue' : 'Orders placed', unit, decimals: unit === 'amount' ? 2 : 0, description: '' },
    period: dashboard().period,
    ...answered,
  };
}

export function forecast(change: Partial<Forecast> = {}): Forecast {
  return {
    days: [
      { date: '2026-11-24', expected_revenue: 310.5, low_80: 200, high_80: 420.25, low_95: 150, high_95: 480 },
      { date: '2026-11-25', expected_revenue: 290, low_80: 180, high_80: 400, low_95: 130, high_95: 460 },
    ],
    state: 'made',
    explanation: 'The week before, repeated.',
    method: 'seasonal_naive',
    smoothing: null,
    history: { from: '2026-09-01', to: '2026-11-22', days: 83 },
    backtest: { origins: 4, horizon_days: 14, checks: 56, methods: [] },
    period: { ...dashboard().period, from: '2026-11-24', to: '2026-11-25' },
    ...answered,
    ...change,
  };
}

export const buyers = ['01932c07-0000-7000-8000-0000aaaa0001', '01932c07-0000-7000-8000-0000bbbb0002'] as const;

export function activity(change: Partial<UserActivity> = {}): UserActivity {
  return {
    top_users: [
      { user_id: buyers[0], order_count: 3, total_spent: 119.94, last_order_date: '2026-11-22T23:30:00.000Z' },
      { user_id: buyers[1], order_count: 7, total_spent: 99.5, last_order_date: '2026-11-20T08:00:00.000Z' },
    ],
    period_days: 7,
    period: dashboard().period,
    freshness: answered.freshness,
    ...change,
  };
}

export function cohorts(change: Partial<Cohorts> = {}): Cohorts {
  const row = (cohort: string, month: string, later: number, customers: number, active: number, retention: number | null, incomplete = false) => ({
    cohort, month, months_later: later, customers, active_customers: active, retention, placed_orders: active, gross_revenue: active * 12.5, revenue_per_customer: null, incomplete,
  });
  return {
    cohorts: [
      row('2026-09', '2026-09', 0, 40, 40, 100),
      row('2026-09', '2026-10', 1, 40, 10, 25),
      row('2026-09', '2026-11', 2, 40, 3, 7.5, true),
      row('2026-10', '2026-10', 0, 0, 0, null),
      row('2026-10', '2026-11', 1, 0, 0, null, true),
      row('2026-11', '2026-11', 0, 12, 12, 100, true),
    ],
    months: 12,
    period: dashboard().period,
    ...answered,
    ...change,
  };
}

export function segments(change: Partial<Segments> = {}): Segments {
  return {
    segments: [
      { segment: 'champions', title: 'Champions', description: 'Bought just now, buy often and spend most.', customers: 9, customer_share: 75, placed_orders: 40, net_revenue: 900.5, revenue_share: 90, revenue_per_customer: 100.06, mean_recency_days: 3.4 },
      { segment: 'lost', title: 'Lost', description: 'Bought little, longest ago.', customers: 0, customer_share: 0, placed_orders: 0, net_revenue: 0, revenue_share: 0, revenue_per_customer: null, mean_recency_days: null },
    ],
    scores: [
      { score: 5, recency_customers: 4, recency_days_from: 0, recency_days_to: 6, frequency_customers: 3, placed_orders_from: 4, placed_orders_to: 4, monetary_customers: 2, net_revenue_from: 80.25, net_revenue_to: 300 },
      { score: 4, recency_customers: 0, recency_days_from: null, recency_days_to: null, frequency_customers: 0, placed_orders_from: null, placed_orders_to: null, monetary_customers: 0, net_revenue_from: null, net_revenue_to: null },
    ],
    total: { customers: 12, placed_orders: 44, net_revenue: 1000.5 },
    period: dashboard().period,
    ...answered,
    ...change,
  };
}

export const csv = 'a,b\r\n1,2\r\n';

const asCsv = (call: Call): Response | null =>
  call.search.get('format') === 'csv' ? new Response(csv, { headers: { 'Content-Type': 'text/csv' } }) : null;

/** A table route that also has its answer as CSV. */
export function onTable(server: FakeServer, route: string, answer: (call: Call) => unknown): void {
  server.on(route, (call) => asCsv(call) ?? ok(answer(call)));
}

/** Routes whose days are those of the address. */
export function onDays(server: FakeServer): void {
  server.on('GET /api/analytics/dashboard', (call) => ok(dashboard({ period: periodOf(call) })));
}

/** Calls that asked for the screen, and those for a file. */
export const split = (calls: readonly Call[]) => ({
  shown: calls.filter(({ search }) => !search.has('format')),
  saved: calls.filter(({ search }) => search.get('format') === 'csv'),
});

export const cellsOf = (row: Element): string[] => [...row.querySelectorAll('th, td')].map((cell) => cell.textContent);

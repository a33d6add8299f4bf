import type { AlertEvent, Dashboard, OverviewFigures, RecentOrder, SalesDay, SessionData, StreamOrder, User } from '../api/types';
import { addDays } from '../lib/dates';

export const shop = { name: 'Lantern & Loom', currency: 'EUR', time_zone: 'Europe/Berlin', version: '1.2.3' };

export const sessionData = (change: Partial<SessionData> = {}): SessionData => ({
  user: {
    id: '01932c07-8f1a-7c3e-9b55-0a4c1d2e3f40',
    email: 'ada@shop.test',
    first_name: 'Ada',
    last_name: 'Loom',
    role: 'admin',
    created_at: '2026-01-01T00:00:00.000Z',
    updated_at: '2026-01-01T00:00:00.000Z',
  },
  token: 'a.b.c',
  refresh_token: 'refresh-1',
  expires_in: 86_400,
  ...change,
});

/** Puts a session where an earlier visit would have left it. */
export function storeSession(expiresAt = Date.now() + 3_600_000, role: User['role'] = 'admin'): void {
  const { user, token, refresh_token: refreshToken } = sessionData();
  localStorage.setItem('cloudcart.session', JSON.stringify({ user: { ...user, role }, token, refreshToken, expiresAt }));
}

const day = (date: string, gross: number, cancelled: number, incomplete = false): SalesDay => ({
  date,
  total_orders: Math.round(gross / 50),
  total_revenue: gross - cancelled,
  gross_revenue: gross,
  cancelled_revenue: cancelled,
  average_order_value: gross === 0 ? 0 : 50,
  active_customers: Math.round(gross / 60),
  incomplete,
});

const figures = (change: Partial<OverviewFigures> = {}): OverviewFigures => ({
  total_orders: 28,
  total_revenue: 1400,
  gross_revenue: 1510.5,
  cancelled_revenue: 110.5,
  average_order_value: 50,
  active_customers: 21,
  new_customers: 4,
  units_sold: 96,
  cancelled_orders: 2,
  ...change,
});

export const order = (number: number, change: Partial<RecentOrder> = {}): RecentOrder => ({
  order_id: `01932c09-0000-7000-8000-${number.toString().padStart(12, '0')}`,
  user_id: '01932c07-8f1a-7c3e-9b55-0a4c1d2e3f40',
  status: 'pending',
  kind: 'sale',
  total_amount: 10 + number,
  currency: 'EUR',
  item_count: 2,
  timestamp: new Date(Date.UTC(2026, 10, 23, 9, 0, number)).toISOString(),
  ...change,
});

export const streamOrder = (number: number, change: Partial<StreamOrder> = {}): StreamOrder => ({
  ...order(number),
  event_id: `01932c0a-0000-7000-8000-${number.toString().padStart(12, '0')}`,
  type: 'order.created',
  ...change,
});

const from = '2026-11-17';

export function dashboard(change: Partial<Dashboard> = {}): Dashboard {
  const gross = [100, 200, 300, 250, 0, 400, 260.5];
  return {
    period: {
      from,
      to: '2026-11-23',
      days: 7,
      time_zone: shop.time_zone,
      currency: 'EUR',
      shop_name: shop.name,
      previous_from: '2026-11-10',
      previous_to: '2026-11-16',
      compare: 'previous_period',
      anchor: 'today',
      incomplete: true,
    },
    overview: {
      ...figures(),
      previous: figures({ total_revenue: 1120, total_orders: 0, average_order_value: 50, active_customers: 28 }),
      change: {
        total_orders: null,
        total_revenue: 25,
        gross_revenue: 3,
        cancelled_revenue: -2,
        average_order_value: 0,
        active_customers: -25,
        new_customers: null,
        units_sold: 1.5,
        cancelled_orders: null,
      },
    },
    recent_sales: gross.map((amount, index) => day(addDays(from, index), amount, index === 6 ? 110.5 : 0, index === 6)),
    previous_sales: gross.map((amount, index) => day(addDays(from, index - 7), amount / 2, 0)),
    top_products: [
      { product_id: 'p1', product_name: 'Blue Teapot', total_quantity: 12, total_revenue: 480, order_count: 9 },
      { product_id: 'p2', product_name: 'Wool Blanket', total_quantity: 3, total_revenue: 240, order_count: 3 },
    ],
    order_status: [
      { status: 'pending', count: 3, percentage: 10 },
      { status: 'confirmed', count: 3, percentage: 10 },
      { status: 'processing', count: 6, percentage: 20 },
      { status: 'shipped', count: 6, percentage: 20 },
      { status: 'delivered', count: 10, percentage: 33.3 },
      { status: 'cancelled', count: 2, percentage: 6.7 },
    ],
    recent_orders: [order(3), order(2), order(1)],
    freshness: { events_behind: 0, position: 42, last_event_at: '2026-11-23T09:00:03.000Z' },
    last_updated: '2026-11-23T09:00:03.100Z',
    ...change,
  };
}

export function emptyDashboard(): Dashboard {
  const full = dashboard();
  const nothing = figures({
    total_orders: 0,
    total_revenue: 0,
    gross_revenue: 0,
    cancelled_revenue: 0,
    average_order_value: 0,
    active_customers: 0,
    new_customers: 0,
    units_sold: 0,
    cancelled_orders: 0,
  });
  const quiet = (days: readonly SalesDay[]) => days.map(({ date, incomplete }) => day(date, 0, 0, incomplete));
  return {
    ...full,
    overview: { ...nothing, previous: nothing, change: { ...full.overview.change, total_revenue: null, active_customers: null, average_order_value: null } },
    recent_sales: quiet(full.recent_sales),
    previous_sales: quiet(full.previous_sales),
    top_products: [],
    order_status: full.order_status.map(({ status }) => ({ status, count: 0, percentage: 0 })),
    recent_orders: [],
  };
}

export const popular = {
  popular_products: [{ product_id: 'p1', product_name: 'Blue Teapot', total_sold: 120, order_count: 80, reason: { kind: 'popular', text: 'A best seller' } }],
  count: 1,
  algorithm: 'popularity_based',
  method: 'popular',
  model_version: 3,
};

export const similar = {
  product_id: 'p1',
  similar_products: [{ product_id: 'p3', product_name: 'Teacup', similarity: 0.5, reason: { kind: 'bought_together', text: 'Bought together with Blue Teapot' } }],
  count: 1,
  algorithm: 'item_similarity',
  method: 'blend',
  model_version: 3,
};

export const model = {
  is_trained: true,
  products_count: 40,
  users_count: 30,
  orders_count: 200,
  interactions_count: 900,
  trained_at: '2026-11-23T08:00:00.000Z',
  training_ms: 12,
  refreshed_at: '2026-11-23T09:00:03.000Z',
  refresh_ms: 140,
  restored_at: null,
  snapshot_at: '2026-11-23T09:00:04.000Z',
  model_bytes: 4096,
  algorithm: 'local_ease',
  model_version: 3,
  training: null,
  events_behind: 0,
  timestamp: '2026-11-23T09:00:00.000Z',
};

export const alertEvent = (change: Partial<AlertEvent> = {}): AlertEvent => ({
  event_id: '01932c0b-0000-7000-8000-000000000009',
  type: 'alert.fired',
  incident_id: '01932c0b-0000-7000-8000-000000000009',
  alert_id: '01932c0b-0000-7000-8000-00000000000a',
  alert_name: 'Quiet shop',
  reason: 'measured',
  metric: 'net_revenue',
  unit: 'amount',
  value: 12.5,
  baseline: null,
  change_percent: null,
  condition: { type: 'threshold', side: 'below', value: 50 },
  window_minutes: 120,
  at: '2026-11-23T08:00:00.000Z',
  position: 4000,
  ...change,
});

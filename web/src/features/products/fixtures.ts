import type { BoughtTogether, Period, Product, ProductReport, ProductReportRow, AnalyticsTable, Stock } from '../../api/types';
import { dashboard } from '../../test/fixtures';

export const teapot = '01932c08-11aa-7b2c-8d4e-5f6071829304';
export const cosy = '01932c08-22bb-7b2c-8d4e-5f6071829304';

const { period: week, freshness, last_updated } = dashboard();
export const period: Period = week;

export const row = (change: Partial<ProductReportRow> = {}): ProductReportRow => ({
  product_id: teapot,
  product_name: 'BLUE TEAPOT',
  net_revenue: 480,
  previous_net_revenue: 600,
  change_net_revenue: -120,
  change_percent: -20,
  units: 12,
  previous_units: 15,
  orders: 9,
  available: 40,
  is_active: true,
  days_of_stock_left: 23.3,
  ...change,
});

export const report = (change: Partial<ProductReport> = {}): ProductReport => ({
  products: [
    row(),
    row({ product_id: cosy, product_name: 'TEA COSY', net_revenue: 90, previous_net_revenue: 0, change_net_revenue: 90, change_percent: null, available: 0, days_of_stock_left: 0, is_active: false }),
  ],
  sort: 'top',
  limit: 50,
  stock_available: true,
  period,
  freshness,
  last_updated,
  ...change,
});

export const product = (change: Partial<Product> = {}): Product => ({
  id: teapot,
  name: 'BLUE TEAPOT',
  description: 'Holds one litre',
  price: '19.99',
  category_name: 'Kitchen',
  inventory_count: 40,
  image_url: null,
  sku: 'TEA-001',
  is_active: true,
  created_at: '2026-01-01T00:00:00.000Z',
  updated_at: '2026-01-01T00:00:00.000Z',
  ...change,
});

export const sales = (): AnalyticsTable => ({
  columns: [{ name: 'day', role: 'dimension', unit: null }, { name: 'net_revenue', role: 'metric', unit: 'amount' }],
  rows: [
    { day: '2026-11-22', net_revenue: 199.9, compared_net_revenue: 100, units: 10, orders: 7, incomplete: false },
    { day: '2026-11-23', net_revenue: 19.99, compared_net_revenue: 0, units: 1, orders: 1, incomplete: true },
  ],
  totals: { net_revenue: 219.89, compared_net_revenue: 100, change_net_revenue: 119.9, units: 11, orders: 8 },
  row_count: 2,
  period,
  compared: { from: '2026-11-10', to: '2026-11-16' },
  freshness,
  last_updated,
});

export const together = (change: Partial<BoughtTogether> = {}): BoughtTogether => ({
  companions: [
    { product_id: cosy, product_name: 'TEA COSY', orders_together: 30, placed_orders: 200, support: 0.16, confidence: 60, reverse_confidence: 15, lift: 3.5 },
  ],
  product_id: teapot,
  product_name: 'BLUE TEAPOT',
  product_orders: 50,
  all_orders: 1000,
  limit: 10,
  period: { ...period, from: '2025-01-01' },
  freshness,
  last_updated,
  ...change,
});

export const stock = (change: Partial<Stock> = {}): Stock => ({
  product_id: teapot,
  available: 38,
  reserved: 2,
  sold: 5,
  movements: [
    { sequence: 2, kind: 'reserve', change: { available: -2, reserved: 2, sold: 0 }, order_id: '01932c09-3c43-7d10-a1b2-c3d4e5f60718', reason: null, actor: null, occurred_at: '2026-11-23T09:30:00.250Z' },
    { sequence: 1, kind: 'initial', change: { available: 40, reserved: 0, sold: 0 }, order_id: null, reason: 'Product created', actor: '01932c07-8f1a-7c3e-9b55-0a4c1d2e3f40', occurred_at: '2026-11-01T09:00:00.000Z' },
  ],
  pagination: { page: 1, limit: 20, total: 2, pages: 1 },
  next_cursor: null,
  ...change,
});

import type { Account, Order, OrderEvent, OrderList } from '../../api/types';

export const ada: Account = {
  id: '01932c07-8f1a-7c3e-9b55-0a4c1d2e3f40',
  email: 'ada@shop.test',
  first_name: 'Ada',
  last_name: 'Loom',
  role: 'customer',
  created_at: '2026-01-01T00:00:00.000Z',
};

export const idOf = (number: number): string => `01932c09-0000-7000-8000-${number.toString().padStart(12, '0')}`;

export const summary = (number: number, change: Partial<Order> = {}): Order => ({
  id: idOf(number),
  user_id: ada.id,
  kind: 'sale',
  total_amount: '39.98',
  currency: 'EUR',
  status: 'pending',
  payment_status: 'pending',
  shipping_address: '1 Loom Street, Berlin',
  created_at: '2026-11-23T09:30:00.250Z',
  updated_at: '2026-11-23T09:30:00.250Z',
  item_count: 2,
  allowed_transitions: ['confirmed', 'cancelled'],
  ...change,
});

export const list = (orders: Order[], total = orders.length, page = 1): OrderList => ({
  orders,
  pagination: { page, limit: 25, total, pages: Math.ceil(total / 25) },
  next_cursor: null,
});

export const order = (change: Partial<Order> = {}): Order => ({
  ...summary(7),
  items: [
    { product_id: '01932c08-11aa-7b2c-8d4e-5f6071829304', product_name: 'BLUE TEAPOT', quantity: 1, price: '19.99', subtotal: '19.99' },
    { product_id: '01932c08-22bb-7b2c-8d4e-5f6071829304', product_name: 'TEA COSY', quantity: 1, price: '19.99', subtotal: '19.99' },
  ],
  ...change,
});

export const event = (version: number, type: OrderEvent['type'], status: OrderEvent['status']): OrderEvent => ({
  event_id: `01932c0a-0000-7000-8000-${version.toString().padStart(12, '0')}`,
  type,
  version,
  order_id: idOf(7),
  status,
  timestamp: `2026-11-23T09:3${version}:00.000Z`,
});

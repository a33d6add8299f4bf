import { fireEvent, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, test } from 'vitest';
import { sessionData, storeSession } from '../../test/fixtures';
import { open, shopServer } from '../../test/open';
import { ok, refuse, type FakeServer } from '../../test/server';

let server: FakeServer;

beforeEach(async () => {
  ({ server } = shopServer());
  server
    .on('GET /api/products', (call) => ok({ products: call.search.get('search') === 'teap' ? [{ id: 'p1', name: 'Blue Teapot', sku: 'T-1' }] : [] }))
    .on('GET /api/users', () => ok({ users: [sessionData().user] }))
    .on('GET /api/orders', () => ok({ orders: [] }));
  storeSession();
  await open();
  await screen.findByRole('region', { name: 'Revenue' });
  await userEvent.keyboard('/');
});

const input = () => screen.getByRole('combobox', { name: 'Search or go to' });

test('what is found stands in groups that have names', async () => {
  await userEvent.type(input(), 'teap');
  expect(await screen.findByRole('option', { name: /Blue Teapot/ })).toBeVisible();
  expect(screen.getByRole('group', { name: 'Products' })).toBeVisible();
  expect(screen.getByRole('group', { name: 'Customers’ orders' })).toHaveTextContent('Ada Loom');
  await userEvent.keyboard('{Enter}');
  expect(window.location.pathname + window.location.search).toBe('/products?product=p1');
});

test('Enter goes nowhere by what was found for an earlier text', async () => {
  await userEvent.type(input(), 'teap');
  await screen.findByRole('option', { name: /Blue Teapot/ });
  fireEvent.change(input(), { target: { value: 'zebra' } });
  fireEvent.keyDown(input(), { key: 'Enter' });
  expect(window.location.pathname).toBe('/');
  expect(input()).toBeVisible();
});

test('a search that fails is not told as one that finds nothing', async () => {
  server.on('GET /api/products', () => refuse(400, 'No.'));
  await userEvent.type(input(), 'zebra');
  expect(await screen.findByText('The search is not answered right now.')).toBeVisible();
});

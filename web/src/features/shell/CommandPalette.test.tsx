import { fireEvent, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, test } from 'vitest';
import type { Role } from '../../session/roles';
import { axeFindings } from '../../test/axe';
import { sessionData, storeSession } from '../../test/fixtures';
import { open, shopServer } from '../../test/open';
import { ok, refuse, type FakeServer } from '../../test/server';
import { list, summary } from '../orders/fixtures';
import { views } from './views';

let server: FakeServer;

const orderId = '01932c09-0000-7000-8000-00000000beef';
const orders = list([summary(1, { id: orderId, status: 'shipped', total_amount: '19.50' })]);

beforeEach(() => {
  ({ server } = shopServer());
  server
    .on('GET /api/products', (call) => ok({ products: call.search.get('search') === 'teap' ? [{ id: 'p1', name: 'Blue Teapot', sku: 'T-1' }] : [] }))
    .on('GET /api/users', () => ok({ users: [sessionData().user] }))
    .on('GET /api/orders', () => ok(orders));
});

async function openPalette(at = '/', role: Role = 'admin', keys = '/') {
  storeSession(undefined, role);
  await open(at);
  await screen.findByRole('region', { name: 'Revenue' });
  await userEvent.keyboard(keys);
}

const input = () => screen.getByRole('combobox', { name: 'Search or go to' });
const address = () => window.location.pathname + window.location.search;
const options = () => screen.getAllByRole('option').map((option) => option.textContent);
const pointedAt = () => document.getElementById(input().getAttribute('aria-activedescendant') ?? '');
const closed = () => expect(screen.queryByRole('dialog')).toBeNull();

test('what is found stands in groups that have names', async () => {
  await openPalette();
  await userEvent.type(input(), 'teap');
  expect(await screen.findByRole('option', { name: /Blue Teapot/ })).toBeVisible();
  expect(screen.getByRole('group', { name: 'Products' })).toBeVisible();
  expect(screen.getByRole('group', { name: 'Customers’ orders' })).toHaveTextContent('Ada Loom');
  await userEvent.keyboard('{Enter}');
  expect(address()).toBe('/products?product=p1');
});

test('Enter goes nowhere by what was found for an earlier text', async () => {
  await openPalette();
  await userEvent.type(input(), 'teap');
  await screen.findByRole('option', { name: /Blue Teapot/ });
  fireEvent.change(input(), { target: { value: 'zebra' } });
  fireEvent.keyDown(input(), { key: 'Enter' });
  expect(window.location.pathname).toBe('/');
  expect(input()).toBeVisible();
});

test('a search that fails is not told as one that finds nothing', async () => {
  await openPalette();
  server.on('GET /api/products', () => refuse(400, 'No.'));
  await userEvent.type(input(), 'zebra');
  expect(await screen.findByText('The search is not answered right now.')).toBeVisible();
  // Nor beside a view of that name, where it would look as if the shop had nothing.
  await userEvent.clear(input());
  await userEvent.type(input(), 'orders');
  expect(screen.getByRole('option', { name: /^Orders/ })).toBeVisible();
  await waitFor(() => expect(screen.getByText('The search is not answered right now.')).not.toHaveClass('sr-only'));
});

test.each(['/', '{Control>}k{/Control}', '{Meta>}k{/Meta}'])('“%s” opens it to type into, with everything that can be done', async (keys) => {
  await openPalette('/', 'admin', keys);
  expect(input()).toHaveFocus();
  expect(input()).toHaveValue('');
  expect(options().length).toBeGreaterThan(views.length);
  expect(pointedAt()).toHaveTextContent(/^Overview/);
  expect(await axeFindings(screen.getByRole('dialog'))).toEqual([]);
});

test('the arrow keys go round, Enter goes to the view that is pointed at, and the days come along', async () => {
  await openPalette('/?range=30d&compare=off');
  await userEvent.keyboard('{ArrowUp}');
  expect(pointedAt()).toHaveTextContent(/^Sign out/);
  await userEvent.keyboard('{ArrowDown}{ArrowDown}');
  expect(pointedAt()).toHaveTextContent(/^Sales/);
  expect(screen.getByRole('option', { selected: true })).toBe(pointedAt());
  await userEvent.keyboard('{Enter}');
  expect(address()).toBe('/sales?range=30d&compare=off');
  closed();
});

test.each([
  ['last 30', '/?range=30d'],
  ['12 months', '/?range=12m'],
  ['compare year', '/?compare=year'],
  ['CUST', '/customers'],
  ['alerts', '/system'],
])('“%s” is found and leads to %s', async (text, leads) => {
  await openPalette();
  await userEvent.type(input(), `${text}{Enter}`);
  expect(address()).toBe(leads);
  closed();
});

test('the product of another view is not carried along with the days', async () => {
  await openPalette('/?range=30d&product=p9');
  await userEvent.type(input(), 'sales{Enter}');
  expect(address()).toBe('/sales?range=30d');
});

test('it does things, too: the figures stand still, the theme changes, the help opens', async () => {
  await openPalette();
  await userEvent.type(input(), 'pause{Enter}');
  expect(screen.getByText('Paused')).toBeVisible();
  await userEvent.keyboard('/');
  await userEvent.type(input(), 'theme light{Enter}');
  expect(document.documentElement).toHaveAttribute('data-theme', 'light');
  await userEvent.keyboard('/');
  await userEvent.type(input(), 'shortcuts{Enter}');
  expect(screen.getByRole('dialog', { name: 'Keyboard' })).toBeVisible();
});

test('an order is found by the end of its number, a customer by name, as groups that have names', async () => {
  await openPalette('/?range=30d');
  await userEvent.type(input(), '0000beef');
  expect(await screen.findByRole('option', { name: /beef.*shipped, €19\.50/ })).toBeVisible();
  await userEvent.keyboard('{Enter}');
  expect(address()).toBe(`/orders/${orderId}?range=30d`);
  expect(server.to('/api/orders').map(({ search }) => search.get('search'))).toContain('0000beef');
  await userEvent.keyboard('/');
  await userEvent.type(input(), 'loom');
  await userEvent.click(await screen.findByRole('option', { name: /Ada Loom.*ada@shop\.test/ }));
  expect(address()).toBe(`/orders?range=30d&customer=${sessionData().user.id}`);
});

test('one question is asked for a text that stands still, and none for a single letter', async () => {
  await openPalette();
  await userEvent.type(input(), 't');
  await userEvent.type(input(), 'eap');
  await screen.findByRole('option', { name: /Blue Teapot/ });
  expect(server.to('/api/products').map(({ search }) => search.get('search'))).toEqual(['teap']);
  // Orders have no names: what can be no part of a number is not asked for.
  expect(server.to('/api/orders')).toHaveLength(0);
});

test('analysts find products, and no question about customers or orders is asked for them', async () => {
  await openPalette('/', 'analyst');
  await userEvent.type(input(), 'teap');
  expect(await screen.findByRole('option', { name: /Blue Teapot/ })).toBeVisible();
  await userEvent.clear(input());
  await userEvent.type(input(), '0000beef');
  expect(await screen.findByText('Nothing is called “0000beef”.')).toBeVisible();
  expect(server.to('/api/users')).toHaveLength(0);
  expect(server.to('/api/orders')).toHaveLength(0);
  await userEvent.clear(input());
  expect(screen.queryByRole('option', { name: /^Orders/ })).toBeNull();
});

test('Enter that ends an input method’s word goes nowhere', async () => {
  await openPalette();
  await userEvent.type(input(), 'sales');
  fireEvent.keyDown(input(), { key: 'Enter', isComposing: true });
  expect(address()).toBe('/');
  expect(input()).toBeVisible();
});

test('what is cut for want of room can be had in full', async () => {
  const name = 'SET OF THREE HAND PAINTED WOODEN CAKE STANDS WITH REGENCY PATTERN';
  server.on('GET /api/products', () => ok({ products: [{ id: 'p1', name, sku: 'T-1' }] }));
  await openPalette();
  await userEvent.type(input(), 'wooden');
  expect(await screen.findByText(name)).toHaveAttribute('title', name);
});

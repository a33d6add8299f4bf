import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { axeFindings } from '../../test/axe';
import { alertEvent, dashboard, storeSession } from '../../test/fixtures';
import { open, shopServer } from '../../test/open';
import { ok, type FakeServer, type FakeStream } from '../../test/server';
import { viewAt, views, viewsFor } from './views';

let server: FakeServer;
let streams: FakeStream[];

beforeEach(() => {
  ({ server, streams } = shopServer());
  storeSession();
});

afterEach(() => vi.doUnmock('../customers/Customers'));

const address = () => window.location.pathname + window.location.search;
const navigation = async () => within(await screen.findByRole('navigation', { name: 'Views' }));
const bar = async () => within(await screen.findByRole('navigation', { name: 'Views at hand' }));

describe('views', () => {
  const at = (path: string) => viewAt(path, views)?.title;

  test('are found by their address, with a slash at its end or without', () => {
    expect(at('/')).toBe('Overview');
    expect(at('/sales')).toBe('Sales');
    expect(at('/sales/')).toBe('Sales');
    expect(at('/orders/01932c09')).toBe('Orders');
    expect(at('/orders/')).toBe('Orders');
  });

  test('own what is below their address only where they say so', () => {
    expect(at('/sales/2026')).toBeUndefined();
    expect(at('/ordersx')).toBeUndefined();
  });

  test('of orders are for staff alone', () => {
    const titles = (role: 'analyst' | 'staff') => viewsFor(role).map(({ title }) => title);
    expect(titles('staff')).toHaveLength(views.length);
    expect(titles('analyst')).toEqual(views.map(({ title }) => title).filter((title) => title !== 'Orders'));
  });
});

describe('navigation', () => {
  test('keeps the days, leaves behind what belongs to one view, and marks where one is', async () => {
    await open('/?range=30d&compare=year&product=p1');
    const links = (await navigation()).getAllByRole('link');
    expect(links.map((link) => link.getAttribute('href'))).toEqual(views.map(({ path }) => `${path}?range=30d&compare=year`));
    expect(links.filter((link) => link.hasAttribute('aria-current')).map((link) => link.textContent)).toEqual(['Overview']);
    await userEvent.click((await navigation()).getByRole('link', { name: 'Sales' }));
    expect(address()).toBe('/sales?range=30d&compare=year');
    expect(await screen.findByRole('heading', { level: 1, name: 'Sales' })).toBeVisible();
    expect((await navigation()).getByRole('link', { current: 'page' })).toHaveTextContent('Sales');
    // Another view of the same shop: neither the stream nor the overview is opened anew.
    expect(streams).toHaveLength(1);
    expect(server.to('/api/analytics/dashboard')).toHaveLength(1);
  });

  test('on a phone has four views at hand and the others behind a button, which tells that one of them is open', async () => {
    const { container } = await open('/?range=30d');
    await screen.findByText('as of');
    const atHand = await bar();
    expect(atHand.getAllByRole('link').map((link) => link.textContent)).toEqual(views.slice(0, 4).map(({ title }) => title));
    const more = atHand.getByRole('button', { name: 'More' });
    await userEvent.click(more);
    expect(atHand.getAllByRole('link')).toHaveLength(views.length);
    expect(await axeFindings(container)).toEqual([]);
    await userEvent.keyboard('{Escape}');
    expect(more).toHaveFocus();
    await userEvent.click(more);
    await userEvent.click(atHand.getByRole('link', { name: 'System' }));
    expect(address()).toBe('/system?range=30d');
    expect(more).toHaveAttribute('aria-expanded', 'false');
    expect(more).toHaveAttribute('data-current');
  });

  test('shows analysts no orders, and their address nothing', async () => {
    storeSession(undefined, 'analyst');
    await open('/orders');
    expect(await screen.findByText(/your account may not see it/)).toBeVisible();
    expect(screen.queryByRole('link', { name: 'Orders' })).toBeNull();
    expect(server.to('/api/orders')).toHaveLength(0);
  });
});

test('an address without a page says so under a heading and has a way out', async () => {
  const { container } = await open('/nowhere');
  expect(await screen.findByRole('heading', { level: 1, name: 'Nothing here' })).toBeVisible();
  await waitFor(() => expect(document.title).toBe('Nothing here · Lantern & Loom'));
  expect((await navigation()).queryByRole('link', { current: 'page' })).toBeNull();
  expect(await axeFindings(container)).toEqual([]);
  await userEvent.click(screen.getByRole('button', { name: 'Go to the overview' }));
  expect(await screen.findByRole('region', { name: 'Revenue' })).toBeVisible();
  expect(address()).toBe('/');
});

test('a view whose script can’t be loaded keeps its heading and the navigation; other views are untouched', async () => {
  // React tells the console of faults that a boundary has caught.
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  vi.doMock('../customers/Customers', () => {
    throw new Error('gone');
  });
  const { container } = await open('/customers');
  expect(await screen.findByText('This part could not be shown.')).toBeVisible();
  const main = within(screen.getByRole('main'));
  expect(main.getByRole('heading', { level: 1, name: 'Customers' })).toBeVisible();
  expect(main.getByRole('button', { name: 'Try again' })).toBeEnabled();
  await waitFor(() => expect(document.title).toBe('Customers · Lantern & Loom'));
  expect(await axeFindings(container)).toEqual([]);
  await userEvent.click((await navigation()).getByRole('link', { name: 'Overview' }));
  expect(await screen.findByRole('region', { name: 'Revenue' })).toBeVisible();
  expect(screen.queryByText('This part could not be shown.')).toBeNull();
});

test('the first thing in the page leads past the navigation', async () => {
  await open();
  await screen.findByRole('region', { name: 'Revenue' });
  await userEvent.tab();
  const skip = screen.getByRole('link', { name: 'Skip to the figures' });
  expect(skip).toHaveFocus();
  expect(skip).toHaveAttribute('href', `#${screen.getByRole('main').id}`);
});

test('each panel at a button has nothing for axe to find', async () => {
  const { container } = await open();
  await screen.findByText('as of');
  for (const name of ['Account', /^Compare/, 'Custom', 'More']) {
    const button = screen.getByRole('button', { name });
    await userEvent.click(button);
    expect(button).toHaveAttribute('aria-expanded', 'true');
    expect(await axeFindings(container)).toEqual([]);
    await userEvent.keyboard('{Escape}');
    expect(button).toHaveFocus();
  }
});

test('the keyboard’s help opens by its key, names every key that acts, and closes', async () => {
  await open();
  await screen.findByRole('region', { name: 'Revenue' });
  await userEvent.keyboard('?');
  const help = screen.getByRole('dialog', { name: 'Keyboard' });
  expect(within(help).getAllByRole('term').map((term) => term.textContent)).toEqual(['D', 'W', 'M', 'X', 'R', '/', '?']);
  expect(await axeFindings(help)).toEqual([]);
  await userEvent.click(within(help).getByRole('button', { name: 'Close' }));
  expect(screen.queryByRole('dialog')).toBeNull();
});

describe('the top bar', () => {
  test('refreshes all that is on the screen, once', async () => {
    await open();
    await screen.findByText('as of');
    await within(await screen.findByRole('region', { name: 'AI recommendations' })).findByText('Blue Teapot');
    const counts = () => ['/api/analytics/dashboard', '/api/ai/model/status', '/api/ai/recommendations/popular', '/api/shop'].map((path) => server.to(path).length);
    expect(counts()).toEqual([1, 1, 1, 1]);
    await userEvent.click(screen.getByRole('button', { name: 'Refresh' }));
    await waitFor(() => expect(counts()).toEqual([2, 2, 2, 2]));
  });

  test('tells how far the figures are behind, and that they stand still', async () => {
    await open();
    await screen.findByText('as of');
    const { freshness } = dashboard();
    act(() => streams[0]?.send('overview', dashboard({ freshness: { ...freshness, events_behind: 12 } })));
    expect(await screen.findByText(/12 behind/)).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Pause' }));
    expect(screen.getByText('Paused')).toBeVisible();
    expect(screen.getByRole('button', { name: 'Go on' })).toHaveFocus();
  });

  test('shows the shop’s time of the last answer', async () => {
    vi.useFakeTimers({ now: Date.parse('2026-11-23T09:00:00Z'), toFake: ['Date'] });
    storeSession();
    try {
      await open();
      await screen.findByText('as of');
      const time = screen.getByText(/^\d{1,2}:\d{2}/, { selector: 'time' });
      expect(time).toHaveTextContent(/^10:00/);
      expect(time).toHaveAttribute('datetime', '2026-11-23T09:00:00.000Z');
    } finally {
      vi.useRealTimers();
    }
  });
});

const fired = alertEvent({
  event_id: '01932c0b-0000-7000-8000-000000000001',
  incident_id: '01932c0b-0000-7000-8000-000000000001',
});

test('an alert is told once, whatever is looked at, and stays when it is told that it is over', async () => {
  // Nothing here needs an answer: the shell tells, not the view.
  await open('/nowhere');
  await waitFor(() => expect(streams).toHaveLength(1));
  await waitFor(() => expect(document.title).toContain('Lantern & Loom'));
  streams[0]?.send('alert', fired);
  expect(await screen.findByText('Quiet shop: net revenue is €12.50 in the last 2 hours.')).toBeVisible();
  streams[0]?.send('alert', { ...fired, event_id: '01932c0b-0000-7000-8000-000000000002', type: 'alert.resolved' });
  expect(await screen.findByText('Quiet shop is over.')).toBeVisible();
  expect(screen.getAllByText(/^Quiet shop: /)).toHaveLength(1);
  await userEvent.click(screen.getAllByRole('button', { name: 'Close' })[0] as HTMLElement);
  expect(screen.queryByText(/^Quiet shop: /)).toBeNull();
  // Another one that comes doesn't bring back what was closed.
  streams[0]?.send('alert', { ...fired, event_id: '01932c0b-0000-7000-8000-000000000003', alert_name: 'Many returns' });
  expect(await screen.findByText(/^Many returns: /)).toBeVisible();
  expect(screen.queryByText(/^Quiet shop: /)).toBeNull();
});

test('what can’t be known yet has an outline under the view’s heading', async () => {
  let answer: (response: Response) => void = () => undefined;
  server.on('GET /api/analytics/dashboard', () => new Promise((resolve) => (answer = resolve)));
  await open();
  expect(await screen.findByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
  expect(within(await screen.findByRole('region', { name: 'Revenue' })).getByText('Loading')).toBeInTheDocument();
  await waitFor(() => expect(server.to('/api/analytics/dashboard')).toHaveLength(1));
  answer(ok(dashboard()));
  expect(await within(screen.getByRole('region', { name: 'Revenue' })).findByText('€1,400.00')).toBeInTheDocument();
});

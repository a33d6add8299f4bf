import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Dashboard } from './api/types';
import { axeFindings } from './test/axe';
import { dashboard, emptyDashboard, model, popular, sessionData, shop, storeSession, streamOrder } from './test/fixtures';
import { open, shopServer } from './test/open';
import { ok, refuse, type FakeServer, type FakeStream } from './test/server';

let server: FakeServer;
let streams: FakeStream[];
let figures: Dashboard;

beforeEach(() => {
  figures = dashboard();
  ({ server, streams } = shopServer());
  server
    .on('POST /api/users/login', (call) =>
      (call.body as { password: string }).password === 'right' ? ok(sessionData()) : refuse(401, 'E-mail or password is wrong.'),
    )
    .on('POST /api/users/login/code', (call) => ((call.body as { code: string }).code === 'good' ? ok(sessionData()) : refuse(401, 'used')))
    .on('GET /api/analytics/dashboard', () => ok(figures));
});

const card = (name: string) => screen.findByRole('region', { name });
const asked = () => server.to('/api/analytics/dashboard').map((call) => call.search.toString());

describe('signing in', () => {
  test('a wrong password shows why, the right one the figures', async () => {
    await open();
    await userEvent.type(await screen.findByLabelText('E-mail'), 'ada@shop.test');
    await userEvent.type(screen.getByLabelText('Password'), 'wrong{Enter}');
    expect(await screen.findByText('E-mail or password is wrong.')).toHaveAttribute('role', 'alert');
    await userEvent.clear(screen.getByLabelText('Password'));
    await userEvent.type(screen.getByLabelText('Password'), 'right{Enter}');
    expect(await card('Revenue')).toBeVisible();
  });

  test('empty fields are not sent', async () => {
    await open();
    await userEvent.click(await screen.findByRole('button', { name: 'Sign in' }));
    expect(screen.getByRole('alert')).toHaveTextContent('Enter your e-mail address and your password.');
    expect(server.to('/api/users/login')).toHaveLength(0);
  });

  test('the password can be looked at, by a button whose name is what it says', async () => {
    await open();
    const button = await screen.findByRole('button', { name: 'Show password' });
    await userEvent.click(button);
    expect(screen.getByLabelText('Password')).toHaveAttribute('type', 'text');
    expect(button).toHaveAccessibleName('Hide password');
    expect(button).toHaveTextContent('Hide');
  });

  test('the page has nothing for axe to find', async () => {
    const { container } = await open();
    await screen.findByText('to Lantern & Loom');
    expect(await axeFindings(container)).toEqual([]);
  });

  test('a link signs in, and uses its code once', async () => {
    await open('/', 'good');
    expect(await card('Revenue')).toBeVisible();
    expect(server.to('/api/users/login/code')).toHaveLength(1);
  });

  test('a used link says so above the form', async () => {
    await open('/', 'bad');
    expect(await screen.findByText(/has been used or is too old/)).toBeVisible();
    expect(screen.getByLabelText('E-mail')).toBeVisible();
  });

  test('a link that the server could not look at can be opened again in the same tab', async () => {
    server.on('POST /api/users/login/code', () => refuse(503, 'Busy.'));
    await open('/', 'good');
    expect(await screen.findByText('Busy. Open the link once more.')).toBeVisible();
    server.on('POST /api/users/login/code', () => ok(sessionData()));
    window.location.hash = 'code=good';
    expect(await card('Revenue')).toBeVisible();
    expect(window.location.hash).toBe('');
  });

  test('a link that is opened again in its own tab spends no code and leaves the figures where they are', async () => {
    await open('/', 'good');
    await card('Revenue');
    await act(async () => {
      window.location.hash = 'code=good';
      await new Promise((resolve) => setTimeout(resolve, 30));
    });
    expect(window.location.hash).toBe('');
    expect(screen.getByRole('region', { name: 'Revenue' })).toBeVisible();
    expect(server.to('/api/users/login/code')).toHaveLength(1);
  });

  test('a customer is told that there is nothing here for them', async () => {
    const { user } = sessionData();
    server.on('POST /api/users/login/code', () => ok(sessionData({ user: { ...user, role: 'customer' } })));
    await open('/', 'good');
    expect(await screen.findByText('This account has no dashboard')).toBeVisible();
    expect(asked()).toEqual([]);
  });

  test('signing out leads back to the form and closes the stream', async () => {
    storeSession();
    await open();
    await card('Revenue');
    await userEvent.click(screen.getByRole('button', { name: 'Account' }));
    await userEvent.click(screen.getByRole('button', { name: 'Sign out' }));
    expect(await screen.findByText('You are signed out.')).toBeVisible();
    expect(server.to('/api/analytics/stream').every((call) => call.signal?.aborted)).toBe(true);
  });

  test('what was said to one account is not said to the next', async () => {
    storeSession();
    await open();
    await card('Revenue');
    const { toast } = await import('./lib/toasts');
    act(() => toast('Order 17 could not be changed.', 'bad'));
    expect(await screen.findByText('Order 17 could not be changed.')).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Account' }));
    await userEvent.click(screen.getByRole('button', { name: 'Sign out' }));
    await userEvent.type(await screen.findByLabelText('E-mail'), 'ada@shop.test');
    await userEvent.type(screen.getByLabelText('Password'), 'right{Enter}');
    expect(await card('Revenue')).toBeVisible();
    expect(screen.queryByText('Order 17 could not be changed.')).toBeNull();
  });

  test('a session that has ended leads to the form, and the address is kept', async () => {
    storeSession(Date.now() - 1);
    server.on('POST /api/users/refresh', () => refuse(401, 'ended'));
    await open('/?range=30d');
    expect(await screen.findByText(/Your session has ended/)).toBeVisible();
    expect(window.location.search).toBe('?range=30d');
  });
});

describe('the overview', () => {
  beforeEach(() => storeSession());

  test('shows the answer’s figures, days, zone and products, and axe finds nothing', async () => {
    const { container } = await open();
    await screen.findByText('as of');
    expect(await card('Revenue')).toHaveTextContent('€1,400.00');
    expect(await card('Orders')).toHaveTextContent('28');
    expect(await card('Average order value')).toHaveTextContent('€50.00');
    expect(await card('Active customers')).toHaveTextContent('214 of them new');
    expect(screen.getByText(/^Europe\/Berlin \(/)).toBeVisible();
    expect(screen.getByText('not over yet')).toBeVisible();
    const ai = await card('AI recommendations');
    await within(ai).findByText('Blue Teapot');
    expect(ai).toHaveTextContent('popularity based');
    expect(await within(ai).findByText('local ease')).toBeVisible();
    expect(ai).toHaveTextContent('up to date');
    expect(document.title).toBe('Overview · Lantern & Loom');
    expect(await axeFindings(container)).toEqual([]);
  });

  test('what goes with a product is fetched when it is asked for', async () => {
    await open();
    const product = await within(await card('AI recommendations')).findByRole('button', { name: /Blue Teapot/ });
    expect(server.to('/api/ai/recommendations/product/p1')).toHaveLength(0);
    await userEvent.click(product);
    expect(await screen.findByRole('list', { name: 'Goes with Blue Teapot' })).toHaveTextContent('Teacup');
  });

  test('the stream’s figures replace those on the screen, and an order shows once however often it comes', async () => {
    await open();
    await screen.findByText('as of');
    const [stream] = streams;
    stream?.send('overview', dashboard({ overview: { ...figures.overview, total_orders: 29 } }), '43');
    stream?.send('order', streamOrder(9), '43');
    stream?.send('order', streamOrder(9), '43');
    expect(await screen.findByText('29')).toBeVisible();
    expect(screen.getByText('Live')).toBeVisible();
    const feed = within(await card('Latest orders'));
    expect(await feed.findByText('new')).toBeVisible();
    expect(feed.getAllByRole('listitem')).toHaveLength(4);
    expect(feed.getAllByText(/€19\.00/)).toHaveLength(1);
  });

  test('an answer that was on its way does not turn newer figures of the stream back', async () => {
    let answer: (response: Response) => void = () => undefined;
    server.on('GET /api/analytics/dashboard', () => new Promise((resolve) => (answer = resolve)));
    await open();
    await waitFor(() => expect(streams).toHaveLength(1));
    await waitFor(() => expect(asked()).toHaveLength(1));
    streams[0]?.send('overview', dashboard({ overview: { ...figures.overview, total_orders: 77 }, last_updated: '2026-11-23T10:00:00.000Z' }));
    expect(await screen.findByText('77')).toBeVisible();
    await act(async () => {
      answer(ok(figures));
      await new Promise((resolve) => setTimeout(resolve, 20));
    });
    expect(screen.getByText('77')).toBeVisible();
  });

  test('the figures keep their card’s place with an error and a way out; the other cards are untouched', async () => {
    server.on('GET /api/analytics/dashboard', () => refuse(400, 'The period can’t be read.'));
    server.on('GET /api/analytics/stream', () => refuse(404, 'none'));
    await open();
    const revenue = await card('Revenue');
    expect(await within(revenue).findByText('The period can’t be read.')).toBeVisible();
    expect(await within(await card('AI recommendations')).findByText('Blue Teapot')).toBeVisible();
    expect(screen.getByText('Stale')).toBeVisible();
    server.on('GET /api/analytics/dashboard', () => ok(figures));
    await userEvent.click(within(revenue).getByRole('button', { name: 'Try again' }));
    expect(await within(revenue).findByText('€1,400.00')).toBeInTheDocument();
    expect(screen.getByText('Every 30 s')).toBeVisible();
  });

  test('without the shop’s time zone today is not known: that is asked for again, and no other days stand for it', async () => {
    server.on('GET /api/shop', () => refuse(400, 'No shop here.'));
    server.on('GET /api/analytics/stream', () => refuse(404, 'none'));
    await open();
    await card('Revenue');
    await waitFor(() => expect(asked()).toEqual(['']));
    await userEvent.click(screen.getByRole('button', { name: 'Today' }));
    const revenue = await card('Revenue');
    expect(await within(revenue).findByText('No shop here.')).toBeVisible();
    server.on('GET /api/shop', () => ok(shop));
    await userEvent.click(within(revenue).getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(asked()).toHaveLength(2));
    expect(asked()[1]).toMatch(/^from=(.*)&to=\1$/);
    expect(await within(revenue).findByText('€1,400.00')).toBeInTheDocument();
  });

  test('recommendations and the model’s state are asked for again when the stream tells of news', async () => {
    await open();
    await within(await card('AI recommendations')).findByText('Blue Teapot');
    const before = server.to('/api/ai/model/status').length;
    const news = dashboard();
    streams[0]?.send('overview', { ...news, freshness: { ...news.freshness, position: 43 } });
    await waitFor(() => expect(server.to('/api/ai/model/status')).toHaveLength(before + 1));
    expect(server.to('/api/ai/recommendations/popular')).toHaveLength(2);
  });

  test('a period without anything says what to expect', async () => {
    figures = emptyDashboard();
    server.on('GET /api/ai/recommendations/popular', () => ok({ ...popular, popular_products: [], count: 0 }));
    server.on('GET /api/ai/model/status', () => ok({ ...model, is_trained: false, trained_at: null }));
    await open();
    await screen.findByText('No orders yet');
    expect(await card('Revenue')).toHaveTextContent('€0.00');
    for (const text of ['No sales in this period', 'No orders placed in this period', 'Nothing sold in this period', 'Nothing to recommend yet', 'No orders yet', 'The model has not been trained yet.']) {
      expect(await screen.findByText(text)).toBeVisible();
    }
  });

  test('says that it shows the last days with data when recent ones have none', async () => {
    figures = dashboard({ period: { ...figures.period, from: '2011-12-03', to: '2011-12-09', anchor: 'last_data', incomplete: false } });
    await open();
    const notice = await screen.findByText(/There are no orders in the last 7 days/);
    expect(notice).toHaveTextContent('2011');
    expect(screen.queryByText('not over yet')).toBeNull();
  });

  test('the range is in the address, is asked for, and back undoes it', async () => {
    await open();
    await card('Revenue');
    expect(asked()).toEqual(['']);
    await userEvent.click(screen.getByRole('button', { name: '30 days' }));
    expect(window.location.search).toBe('?range=30d');
    await waitFor(() => expect(asked()).toHaveLength(2));
    expect(asked()[1]).toBe('days=30');
    await waitFor(() => expect(server.to('/api/analytics/stream').at(-1)?.search.toString()).toBe(asked()[1]));
    expect(server.to('/api/analytics/stream')[0]?.signal?.aborted).toBe(true);
    window.history.back();
    await waitFor(() => expect(screen.getByRole('button', { name: '7 days' })).toHaveAttribute('aria-pressed', 'true'));
    expect(window.location.search).toBe('');
  });

  test('an address that someone shared shows the same days', async () => {
    await open('/?from=2026-11-01&to=2026-11-05&compare=off');
    await card('Revenue');
    expect(asked()).toEqual(['from=2026-11-01&to=2026-11-05']);
    expect(screen.getByRole('button', { name: /^Compare\W+off/ })).toBeVisible();
  });

  test('keys choose the range, switch the comparison, refresh and help', async () => {
    await open();
    await screen.findByText(/compared with/);
    await userEvent.keyboard('d');
    expect(window.location.search).toBe('?range=today');
    await userEvent.keyboard('m');
    expect(window.location.search).toBe('?range=30d');
    await userEvent.keyboard('w');
    expect(window.location.search).toBe('');
    await userEvent.keyboard('x');
    expect(window.location.search).toBe('?compare=off');
    expect(screen.queryByText(/compared with/)).toBeNull();
    const before = server.to('/api/ai/model/status').length;
    await userEvent.keyboard('r');
    await waitFor(() => expect(server.to('/api/ai/model/status')).toHaveLength(before + 1));
    await userEvent.keyboard('?');
    const help = screen.getByRole('dialog', { name: 'Keyboard' });
    await userEvent.keyboard('d');
    expect(window.location.search).toBe('?compare=off');
    expect(await axeFindings(help)).toEqual([]);
  });

  test('single keys can be switched off, and leave modified keys and text alone', async () => {
    await open();
    await card('Revenue');
    await userEvent.keyboard('{Control>}d{/Control}');
    expect(window.location.search).toBe('');
    await userEvent.click(screen.getByRole('button', { name: 'Custom' }));
    screen.getByLabelText('First day').focus();
    await userEvent.keyboard('m');
    expect(window.location.search).toBe('');
    await userEvent.keyboard('{Escape}?');
    await userEvent.click(screen.getByRole('checkbox', { name: 'Single letters do something' }));
    await userEvent.click(screen.getByRole('button', { name: 'Close' }));
    await userEvent.keyboard('d');
    expect(window.location.search).toBe('');
    await userEvent.keyboard('?');
    expect(screen.getByRole('dialog')).toBeVisible();
  });

  test('pause lets the figures stand still; going on resumes where they stood', async () => {
    await open();
    await screen.findByText('as of');
    streams[0]?.send('overview', figures, '50');
    await screen.findByText('Live');
    await userEvent.click(screen.getByRole('button', { name: 'Pause' }));
    expect(screen.getByText('Paused')).toBeVisible();
    expect(server.to('/api/analytics/stream')[0]?.signal?.aborted).toBe(true);
    await userEvent.click(screen.getByRole('button', { name: 'Go on' }));
    await waitFor(() => expect(streams).toHaveLength(2));
    expect(server.to('/api/analytics/stream')[1]?.headers.get('Last-Event-ID')).toBe('50');
  });

  test('the theme is dark until another is chosen, and the choice is kept', async () => {
    await open();
    await card('Revenue');
    await userEvent.click(screen.getByRole('button', { name: 'Account' }));
    expect(screen.getByRole('radio', { name: 'Dark' })).toBeChecked();
    await userEvent.click(screen.getByRole('radio', { name: 'Light' }));
    expect(document.documentElement).toHaveAttribute('data-theme', 'light');
    expect(localStorage.getItem('cloudcart.theme')).toBe('light');
  });
});

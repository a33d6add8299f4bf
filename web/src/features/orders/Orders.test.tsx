import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { Order } from '../../api/types';
import { axeFindings } from '../../test/axe';
import { dashboard, storeSession, streamOrder } from '../../test/fixtures';
import { open, shopServer } from '../../test/open';
import { ok, refuse, type FakeServer, type FakeStream } from '../../test/server';
import { ada, event, idOf, list, order, summary } from './fixtures';

let server: FakeServer;
let streams: FakeStream[];
let orders: Order[];

const asked = () => server.to('/api/orders').map(({ search }) => search.toString());
const table = () => screen.findByRole('region', { name: /^Orders, page/ });
const line = async (number: number) => (await screen.findByTitle(idOf(number))).closest('tr') as HTMLElement;
const cells = async (number: number) => within(await line(number)).getAllByRole('cell').map((cell) => cell.textContent);

const paged = async (text: string) => {
  const pages = await screen.findByRole('navigation', { name: 'Pages' });
  await waitFor(() => expect(pages).toHaveTextContent(text));
};

beforeEach(() => {
  orders = [summary(7), summary(6, { user_id: null, kind: 'credit_note', status: 'cancelled', total_amount: '5.00', payment_status: 'refunded' })];
  ({ server, streams } = shopServer());
  server.on('GET /api/orders', () => ok(list(orders))).on('GET /api/users', () => ok({ users: [ada] }));
  storeSession(undefined, 'staff');
});

describe('the list', () => {
  test('shows the answer’s orders, whose they are, in the shop’s time', async () => {
    const { container } = await open('/orders');
    await screen.findByText('Ada Loom');
    expect(await cells(7)).toEqual(['Pending', expect.stringMatching(/23.*10:30/), 'Ada Loom', '2', '€39.98', 'pending']);
    expect(await cells(6)).toEqual(['Credit note', expect.anything(), 'not known', '2', '-€5.00', 'refunded']);
    expect(screen.getByText('2 orders')).toBeVisible();
    expect(asked()).toEqual(['limit=25&page=1']);
    expect(server.to('/api/users')[0]?.search.toString()).toBe(`ids=${ada.id}`);
    expect(await axeFindings(container)).toEqual([]);
  });

  test('filters by several statuses, and begins again on the first page', async () => {
    await open('/orders?page=2');
    await table();
    await userEvent.click(screen.getByRole('button', { name: 'Shipped' }));
    await userEvent.click(screen.getByRole('button', { name: 'Pending' }));
    expect(window.location.search).toBe('?status=pending%2Cshipped');
    await waitFor(() => expect(asked().at(-1)).toBe('limit=25&page=1&status=pending%2Cshipped'));
    await userEvent.click(screen.getByRole('button', { name: 'Shipped' }));
    expect(window.location.search).toBe('?status=pending');
    window.history.back();
    await waitFor(() => expect(screen.getByRole('button', { name: 'Shipped' })).toHaveAttribute('aria-pressed', 'true'));
  });

  test('an address that someone shared is asked for as it stands', async () => {
    await open(`/orders?status=shipped&customer=${ada.id}&since=2026-11-01&until=2026-11-05&q=e5f60718&range=30d`);
    await table();
    expect(asked()).toEqual([`limit=25&page=1&status=shipped&user_id=${ada.id}&from=2026-11-01&to=2026-11-05&search=e5f60718`]);
    expect(screen.getByRole('searchbox', { name: 'Order number' })).toHaveValue('e5f60718');
    await userEvent.click(await screen.findByRole('button', { name: 'Remove the filter Customer Ada Loom' }));
    await userEvent.clear(screen.getByLabelText('from'));
    await userEvent.clear(screen.getByLabelText('to'));
    await waitFor(() => expect(asked().at(-1)).toBe('limit=25&page=1&status=shipped&search=e5f60718'));
    await userEvent.click(screen.getByRole('button', { name: 'Clear all' }));
    expect(window.location.search).toBe('?range=30d');
    expect(screen.getByRole('searchbox', { name: 'Order number' })).toHaveValue('');
  });

  test('a customer is found by typing', async () => {
    await open('/orders');
    await userEvent.type(await screen.findByRole('combobox', { name: 'Customer' }), 'ada');
    await userEvent.click(await screen.findByRole('option', { name: /Ada Loom/ }));
    expect(window.location.search).toBe(`?customer=${ada.id}`);
    await waitFor(() => expect(asked().at(-1)).toContain(`user_id=${ada.id}`));
    expect(server.to('/api/users').some(({ search }) => search.toString() === 'search=ada')).toBe(true);
  });

  test('a number is looked for once it is long enough, and says how long that is', async () => {
    await open('/orders');
    await table();
    const field = screen.getByRole('searchbox', { name: 'Order number' });
    await userEvent.type(field, '…00000');
    expect(await screen.findByText('At least eight digits: of its beginning, or the last ones.')).toBeVisible();
    await userEvent.type(field, '007');
    await waitFor(() => expect(asked().at(-1)).toBe('limit=25&page=1&search=00000007'));
    expect(asked().filter((question) => question.includes('search'))).toHaveLength(1);
    expect(field).toBeValid();
  });

  test('its days are its own, not those of the figures, and either may be left open', async () => {
    await open('/orders?range=30d');
    await userEvent.type(await screen.findByLabelText('from'), '2026-11-02');
    expect(window.location.search).toBe('?range=30d&since=2026-11-02');
    await waitFor(() => expect(asked().at(-1)).toBe('limit=25&page=1&from=2026-11-02'));
    await userEvent.type(screen.getByLabelText('to'), '2026-11-01');
    expect(screen.getByText('The last day comes before the first.')).toBeVisible();
    expect(screen.getByLabelText('to')).toBeInvalid();
  });

  test('pages by number, with the totals of the answer', async () => {
    server.on('GET /api/orders', ({ search }) => ok(list(orders, 1155, Number(search.get('page')))));
    await open('/orders?status=pending');
    await paged('1,155 orders, page 1 of 47');
    const pages = screen.getByRole('navigation', { name: 'Pages' });
    expect(within(pages).queryByRole('link', { name: 'Previous page' })).toBeNull();
    await userEvent.click(within(pages).getByRole('link', { name: 'Next page' }));
    expect(window.location.search).toBe('?status=pending&page=2');
    await paged('1,155 orders, page 2 of 47');
    await userEvent.click(screen.getByRole('link', { name: 'Page 47' }));
    await paged('1,155 orders, page 47 of 47');
    expect(screen.queryByRole('link', { name: 'Next page' })).toBeNull();
  });

  test('a new order appears by itself and is marked', async () => {
    await open('/orders');
    await table();
    orders = [summary(9), ...orders];
    streams[0]?.send('order', streamOrder(9), '43');
    streams[0]?.send('overview', dashboard({ freshness: { events_behind: 0, position: 43, last_event_at: null } }), '43');
    expect(within(await line(9)).getByText('new')).toBeVisible();
    expect(await screen.findByText('3 orders')).toBeVisible();
  });

  test('a shop without orders, and filters that nothing fits', async () => {
    orders = [];
    await open('/orders');
    expect(await screen.findByText('No orders yet')).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Shipped' }));
    expect(await screen.findByText('No order fits')).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Show all orders' }));
    expect(await screen.findByText('No orders yet')).toBeVisible();
  });

  test('a page after the last leads to those that there are', async () => {
    server.on('GET /api/orders', () => ok(list([], 30, 9)));
    await open('/orders?page=9');
    expect(await screen.findByText('No orders on this page')).toBeVisible();
    expect(screen.getByRole('link', { name: 'Page 2' })).toHaveAttribute('href', '/orders?page=2');
  });

  test('an error can be tried again', async () => {
    server.on('GET /api/orders', () => refuse(400, 'Not like this.'));
    await open('/orders');
    expect(await screen.findByText('Not like this.')).toBeVisible();
    server.on('GET /api/orders', () => ok(list(orders)));
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await table();
  });

  test('analysts have no such view', async () => {
    storeSession(undefined, 'analyst');
    await open('/orders');
    await screen.findByRole('button', { name: 'Account' });
    await waitFor(() => expect(screen.queryByRole('heading', { name: 'Orders' })).toBeNull());
    expect(server.to('/api/orders')).toHaveLength(0);
  });
});

describe('one order', () => {
  const address = `/orders/${idOf(7)}`;
  let shown: Order;
  const status = () => screen.findByRole('region', { name: 'Status' });
  const put = (answer: (body: { status: Order['status'] }) => Response | Promise<Response>) =>
    server.on(`PUT /api/orders/${idOf(7)}/status`, ({ body }) => answer(body as { status: Order['status'] }));

  beforeEach(() => {
    shown = order();
    server
      .on(`GET /api/orders/${idOf(7)}`, () => ok({ order: shown }))
      .on(`GET /api/orders/${idOf(7)}/events`, () => ok({ events: [event(1, 'order.created', 'pending'), event(2, 'order.confirmed', 'confirmed')] }));
  });

  test('shows its lines, total, customer, address, payment and history', async () => {
    const { container } = await open(address);
    await screen.findByText('Ada Loom');
    const lines = screen.getByRole('region', { name: /^Lines of the order/ });
    expect(within(lines).getByRole('link', { name: 'BLUE TEAPOT' })).toHaveAttribute('href', '/products?product=01932c08-11aa-7b2c-8d4e-5f6071829304');
    expect(within(lines).getByRole('row', { name: /^Total/ })).toHaveTextContent('€39.98');
    const facts = screen.getByRole('region', { name: 'Order' });
    expect(facts).toHaveTextContent('Ship to1 Loom Street, BerlinPaymentpending');
    expect(within(facts).getByRole('link', { name: 'All orders of this customer' })).toHaveAttribute('href', `/orders?customer=${ada.id}`);
    const history = await screen.findByRole('region', { name: 'History' });
    const steps = await within(history).findAllByRole('listitem');
    expect(steps.map((step) => step.textContent)).toEqual([expect.stringMatching(/^Placed.*10:31/), expect.stringMatching(/^Confirmed.*10:32/)]);
    expect(history).toHaveTextContent('Times in Europe/Berlin');
    expect(await axeFindings(container)).toEqual([]);
  });

  test('leads back to the list as it was, to the line that it was opened from', async () => {
    await open('/orders?status=pending&page=2&range=30d');
    await userEvent.click(await screen.findByRole('link', { name: '…00000007' }));
    expect(window.location.pathname + window.location.search).toBe(`${address}?status=pending&page=2&range=30d`);
    await screen.findByRole('heading', { name: 'Order …00000007' });
    expect(screen.getAllByRole('link', { name: 'Orders', current: 'page' }).length).toBeGreaterThan(0);
    await userEvent.click(screen.getByRole('link', { name: 'All orders' }));
    expect(window.location.pathname + window.location.search).toBe('/orders?status=pending&page=2&range=30d');
    expect(await screen.findByRole('link', { name: '…00000007' })).toHaveFocus();
  });

  test('offers the allowed next steps only, and shows nothing before it is so', async () => {
    let answer: (response: Response) => void = () => undefined;
    put(() => new Promise((resolve) => (answer = resolve)));
    await open(address);
    const steps = within(await screen.findByRole('group', { name: 'Next steps' }));
    expect(steps.getAllByRole('button').map((button) => button.textContent)).toEqual(['Confirm', 'Cancel the order']);
    await userEvent.click(steps.getByRole('button', { name: 'Confirm' }));
    expect(await steps.findByRole('button', { name: 'Confirming…' })).toBeDisabled();
    expect(steps.getByRole('button', { name: 'Cancel the order' })).toBeDisabled();
    expect(await status()).toHaveTextContent('Pending');
    shown = order({ status: 'confirmed', allowed_transitions: ['processing', 'cancelled'] });
    answer(ok({ order: shown }));
    expect(await screen.findByText('Order …00000007 is confirmed now.')).toBeVisible();
    expect(await steps.findByRole('button', { name: 'Start processing' })).toBeEnabled();
    expect(await status()).toHaveTextContent('Confirmed');
  });

  test('asks before it cancels', async () => {
    const sent: string[] = [];
    put(({ status: wanted }) => {
      sent.push(wanted);
      shown = order({ status: 'cancelled', allowed_transitions: [] });
      return ok({ order: shown });
    });
    await open(address);
    await userEvent.click(await screen.findByRole('button', { name: 'Cancel the order' }));
    const dialog = screen.getByRole('dialog', { name: 'Cancel this order?' });
    expect(await axeFindings(dialog)).toEqual([]);
    await userEvent.click(within(dialog).getByRole('button', { name: 'Keep it' }));
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(sent).toEqual([]);
    await userEvent.click(screen.getByRole('button', { name: 'Cancel the order' }));
    await userEvent.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Cancel the order' }));
    expect(await screen.findByText('Nothing is left to be done.')).toBeVisible();
    expect(sent).toEqual(['cancelled']);
  });

  test('a conflict says that someone else was faster, and shows how the order stands', async () => {
    await open(address);
    await screen.findByRole('group', { name: 'Next steps' });
    put(() => {
      shown = order({ status: 'cancelled', allowed_transitions: [] });
      return refuse(409, 'A cancelled order cannot be confirmed', { code: 'invalid_transition' });
    });
    await userEvent.click(screen.getByRole('button', { name: 'Confirm' }));
    expect(await screen.findByText('Someone else has changed this order meanwhile: it is cancelled now.')).toBeVisible();
    expect(await status()).toHaveTextContent('Cancelled');
    expect(screen.queryByRole('button', { name: 'Confirm' })).toBeNull();
  });

  test('any other error is said in the server’s words, and the step can be taken again', async () => {
    put(() => refuse(503, 'Too much to do.', { code: 'overloaded' }));
    await open(address);
    await userEvent.click(await screen.findByRole('button', { name: 'Confirm' }));
    expect(await screen.findByText('Too much to do.')).toBeVisible();
    expect(await screen.findByRole('button', { name: 'Confirm' })).toBeEnabled();
  });

  test('its number can be copied, or is selected where the browser forbids that', async () => {
    const user = userEvent.setup();
    await open(address);
    await user.click(await screen.findByRole('button', { name: 'Copy number' }));
    expect(await navigator.clipboard.readText()).toBe(idOf(7));
    vi.spyOn(navigator.clipboard, 'writeText').mockRejectedValue(new Error('not allowed'));
    await user.click(screen.getByRole('button', { name: 'Copy number' }));
    expect(await screen.findByText(/The number is selected/)).toBeVisible();
    expect(window.getSelection()?.toString()).toBe(idOf(7));
  });

  test.each([`/orders/${idOf(8)}`, '/orders/nonsense'])('%s is no order, and leads back', async (wrong) => {
    await open(wrong);
    expect(await screen.findByText(/There is no order with this number|The address holds no order’s number/)).toBeVisible();
    await userEvent.click(screen.getByRole('link', { name: 'All orders' }));
    await table();
  });
});

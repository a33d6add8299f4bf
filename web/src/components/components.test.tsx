import { render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, test, vi } from 'vitest';
import { ApiError } from '../api/errors';
import { statKinds, toStat } from '../features/overview/stats';
import { mergeFeed } from '../live/feed';
import { dashboard, emptyDashboard, order, sessionData, streamOrder } from '../test/fixtures';
import { LivePill } from './LivePill';
import type { CardQuery } from './query';
import { OrderFeed } from './OrderFeed';
import { OrderStatus } from './OrderStatus';
import { RangePicker } from './RangePicker';
import { SalesChart, summary } from './SalesChart';
import type { SalesPoint } from './salesPoints';
import SalesPlot from './SalesPlot';
import { Sparkline } from './Sparkline';
import { StatCard } from './StatCard';
import { TopProducts } from './TopProducts';

// Cards are drawn for someone who is signed in.
vi.mock('../session/useAccount', () => ({ useAccount: () => sessionData().user }));

const loaded = <T,>(data: T): CardQuery<T> => ({ data, error: null, isFetching: false, refetch: vi.fn() });

describe('StatCard', () => {
  const card = (index: number, compare = true) => {
    const kind = statKinds[index];
    if (!kind) throw new Error('no such figure');
    render(<StatCard title={kind.title} icon={kind.icon} query={loaded(toStat(kind, dashboard(), compare))} />);
    return screen.getByRole('region', { name: kind.title });
  };

  test('shows the figure, what it rests on, and its change with the earlier period named', () => {
    const revenue = card(0);
    expect(revenue).toHaveTextContent('€1,400.00');
    expect(revenue).toHaveTextContent('net, after €110.50 cancelled');
    expect(revenue).toHaveTextContent('up+25%');
    expect(revenue).toHaveTextContent(/vs (10|Nov 10).*16/);
    expect(revenue).toHaveTextContent('(€1,120.00)');
  });

  test('nothing to compare with is not a change of zero', () => {
    const orders = card(1);
    expect(orders).toHaveTextContent('no comparison');
    expect(orders).not.toHaveTextContent('%');
  });

  test('says when nothing changed', () => expect(card(2)).toHaveTextContent('unchanged0%'));
  test('says when it went down', () => expect(card(3)).toHaveTextContent('down-25%'));
  test('leaves the comparison away when it is not wanted', () => expect(card(0, false)).not.toHaveTextContent('vs'));

  test('less can be good news', () => {
    const stat = { value: '3', values: [], previousValues: [], detail: '', incomplete: false, comparison: { change: -10, previous: '4', period: 'x' } };
    const { rerender } = render(<StatCard title="Returns" icon="cancelled" better="less" query={loaded(stat)} />);
    expect(screen.getByText('-10%')).toHaveClass('text-good');
    rerender(<StatCard title="Returns" icon="cancelled" query={loaded(stat)} />);
    expect(screen.getByText('-10%')).toHaveClass('text-bad');
  });

  test('an error can be tried again', async () => {
    const refetch = vi.fn();
    const error = new ApiError('No figures now.', 503, 'unavailable', ['from: is no day'], 'r-9');
    render(<StatCard title="Revenue" icon="revenue" query={{ data: undefined, error, isFetching: false, refetch }} />);
    expect(screen.getByText(/No figures now/)).toHaveTextContent('from: is no day');
    expect(screen.getByText(/r-9/)).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(refetch).toHaveBeenCalledOnce();
  });

  test('old figures stay while new ones fail', () => {
    const kind = statKinds[0];
    if (!kind) throw new Error('no such figure');
    const query = { ...loaded(toStat(kind, dashboard(), true)), error: new ApiError('No.', 500, 'internal') };
    render(<StatCard title="Revenue" icon="revenue" query={query} />);
    expect(screen.getByText('€1,400.00')).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Try again' })).toBeNull();
  });
});

describe('Sparkline', () => {
  test('dashes the way to a day that is not over', () => {
    const { container, rerender } = render(<Sparkline values={[1, 2, 3]} incomplete />);
    expect(container.querySelectorAll('[stroke-dasharray]')).toHaveLength(1);
    rerender(<Sparkline values={[1, 2, 3]} incomplete={false} />);
    expect(container.querySelectorAll('[stroke-dasharray]')).toHaveLength(0);
  });

  test('draws figures without any height, and none for a single day', () => {
    const { container, rerender } = render(<Sparkline values={[0, 0]} previous={[0, 0]} incomplete={false} />);
    expect(container.innerHTML).not.toContain('NaN');
    rerender(<Sparkline values={[5]} incomplete={false} />);
    expect(container).toBeEmptyDOMElement();
  });
});

describe('SalesChart', () => {
  const chart = (data = dashboard(), compare = true, onCompareChange = vi.fn()) =>
    render(<SalesChart query={loaded(data)} compare={compare} onCompareChange={onCompareChange} />);

  test('says in words what the picture shows', () => {
    const { period, overview, recent_sales: days } = dashboard();
    const text = summary(period, overview, days, true);
    expect(text).toContain('Net €1,400.00: €1,510.50 ordered, €110.50 cancelled.');
    expect(text).toContain('+25% against');
    expect(text).toMatch(/Best day: .*22.*€400\.00\./);
    expect(text).toContain('The last day is not over yet.');
    expect(summary(period, overview, days, false)).not.toContain('against');
  });

  test('is a real table on demand, with the running day marked and the period before beside it', async () => {
    chart();
    await userEvent.click(screen.getByRole('button', { name: 'Show table' }));
    const table = screen.getByRole('table');
    const rows = within(table).getAllByRole('row');
    expect(rows).toHaveLength(8);
    const last = rows.at(-1);
    expect(last).toHaveTextContent('so far');
    expect(within(last as HTMLElement).getAllByRole('cell').map((cell) => cell.textContent)).toEqual([
      '5', '€150.00', '€260.50', '€110.50', '€50.00', '4', '€130.25',
    ]);
    expect(rows.slice(1, -1).some((row) => row.textContent.includes('so far'))).toBe(false);
  });

  test('a line can be taken out; the earlier period is switched for the whole page', async () => {
    const onCompareChange = vi.fn();
    chart(dashboard(), true, onCompareChange);
    const gross = screen.getByRole('button', { name: 'Gross' });
    await userEvent.click(gross);
    expect(gross).toHaveAttribute('aria-pressed', 'false');
    await userEvent.click(screen.getByRole('button', { name: /^Net \D*1[06]/ }));
    expect(onCompareChange).toHaveBeenCalledExactlyOnceWith(false);
  });

  test('a period without sales says so instead of drawing a flat line', () => {
    chart(emptyDashboard());
    expect(screen.getByText('No sales in this period')).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Gross' })).toBeNull();
  });
});

describe('SalesPlot', () => {
  const lines = (container: HTMLElement) => container.querySelectorAll('.recharts-line-curve, .recharts-area-curve').length;
  const point = (number: number, change: Partial<SalesPoint> = {}): SalesPoint => ({
    key: `2026-11-${number}`,
    label: `${number} Nov`,
    tick: `${number}`,
    net: 10 * number,
    gross: 11 * number,
    cancelled: number,
    before: { label: `${number} Oct`, net: 9 * number },
    incomplete: false,
    ...change,
  });

  test('draws net, what is running, gross and the earlier days; each can go', () => {
    const points = [point(17), point(18), point(19, { incomplete: true })];
    const { container, rerender } = render(<SalesPlot points={points} currency="EUR" hidden={[]} />);
    expect(lines(container)).toBe(4);
    rerender(<SalesPlot points={points.map((each) => ({ ...each, before: null }))} currency="EUR" hidden={['gross']} />);
    expect(lines(container)).toBe(2);
  });

  test('one by itself is drawn as bars', () => {
    const { container } = render(<SalesPlot points={[point(17, { before: null })]} currency="EUR" hidden={[]} />);
    expect(lines(container)).toBe(0);
    expect(container.querySelectorAll('.recharts-bar-rectangle path')).toHaveLength(3);
  });
});

test('TopProducts is a table by revenue whose bars are shares of the strongest', () => {
  const { container } = render(<TopProducts query={loaded(dashboard())} />);
  expect(screen.getByRole('row', { name: /Blue Teapot 12 €480\.00/ })).toBeVisible();
  const widths = [...container.querySelectorAll<HTMLElement>('[style]')].map((bar) => bar.style.width);
  expect(widths).toEqual(['100%', '50%']);
});

test('TopProducts survives a period in which more was cancelled than sold', () => {
  const products = dashboard().top_products.map((product) => ({ ...product, total_revenue: -product.total_revenue }));
  const { container } = render(<TopProducts query={loaded(dashboard({ top_products: products }))} />);
  expect([...container.querySelectorAll<HTMLElement>('[style]')].map((bar) => bar.style.width)).toEqual(['0%', '0%']);
});

test('OrderStatus lists all six with count and share, and says when there is nothing', () => {
  const { rerender } = render(<OrderStatus query={loaded(dashboard())} />);
  expect(within(screen.getByRole('table')).getAllByRole('rowheader').map((head) => head.textContent)).toEqual([
    'Pending', 'Confirmed', 'Processing', 'Shipped', 'Delivered', 'Cancelled',
  ]);
  expect(screen.getByRole('row', { name: 'Delivered 10 33.3%' })).toBeVisible();
  rerender(<OrderStatus query={loaded(emptyDashboard())} />);
  expect(screen.getByText('No orders placed in this period')).toBeVisible();
});

test('OrderFeed marks what is new and shows what a credit note takes away', () => {
  const entries = mergeFeed([order(1, { kind: 'credit_note', status: 'cancelled' })], [streamOrder(5)]);
  render(<OrderFeed query={loaded({ entries, timeZone: 'UTC' })} />);
  const [newest, oldest] = screen.getAllByRole('listitem');
  expect(newest).toHaveTextContent('new');
  expect(newest).toHaveTextContent('€15.00');
  expect(oldest).toHaveTextContent('Credit note-€11.00');
  expect(oldest).not.toHaveTextContent('new');
  expect(within(newest as HTMLElement).getByRole('link')).toHaveAttribute('href', expect.stringMatching(/^\/orders\/01932c09/));
});

test('LivePill speaks, and tells how far the figures are behind', () => {
  const { rerender } = render(<LivePill state="live" behind={0} />);
  expect(screen.getByRole('status')).toHaveTextContent(/^Live\./);
  rerender(<LivePill state="live" behind={12} />);
  expect(screen.getByRole('status')).toHaveTextContent('12 behind');
  rerender(<LivePill state="reconnecting" behind={12} />);
  expect(screen.getByRole('status')).toHaveTextContent(/^Reconnecting\./);
});

describe('RangePicker', () => {
  const shown = { from: '2026-11-17', to: '2026-11-23' };

  test('starts from the days on the screen and refuses what can not be', async () => {
    const onChange = vi.fn();
    render(<RangePicker range={{ kind: '7d' }} shown={shown} timeZone="Europe/Berlin" onChange={onChange} />);
    await userEvent.click(screen.getByRole('button', { name: 'Custom' }));
    const from = screen.getByLabelText('First day');
    expect(from).toHaveValue('2026-11-17');
    expect(screen.getByText(/Europe\/Berlin/)).toBeVisible();
    await userEvent.clear(from);
    await userEvent.type(from, '2026-11-30');
    await userEvent.click(screen.getByRole('button', { name: 'Show these days' }));
    expect(screen.getByRole('alert')).toHaveTextContent('The last day comes before the first.');
    expect(from).toBeInvalid();
    expect(onChange).not.toHaveBeenCalled();
    await userEvent.clear(from);
    await userEvent.type(from, '2026-11-20');
    await userEvent.click(screen.getByRole('button', { name: 'Show these days' }));
    expect(onChange).toHaveBeenCalledExactlyOnceWith({ kind: 'custom', from: '2026-11-20', to: '2026-11-23' });
    expect(screen.queryByLabelText('First day')).toBeNull();
  });

  test('Escape closes the panel and gives the focus back', async () => {
    render(<RangePicker range={{ kind: '7d' }} shown={shown} timeZone={null} onChange={vi.fn()} />);
    const button = screen.getByRole('button', { name: 'Custom' });
    await userEvent.click(button);
    await userEvent.click(screen.getByLabelText('First day'));
    await userEvent.keyboard('{Escape}');
    expect(button).toHaveAttribute('aria-expanded', 'false');
    expect(button).toHaveFocus();
  });
});

test('a sparkline leaves a gap where there is no figure, instead of falling to zero', () => {
  const { container } = render(<Sparkline values={[50, 40, null, 30, 60]} incomplete={false} />);
  const stroke = [...container.querySelectorAll('path')].find((path) => path.getAttribute('stroke') === 'var(--plot-net)');
  expect(stroke?.getAttribute('d')).toMatch(/^M[^M]+L[^M]+M[^M]+L[^M]+$/);
  // Zero would lie at the lower edge.
  expect(stroke?.getAttribute('d')).not.toContain(' 33.00');
});

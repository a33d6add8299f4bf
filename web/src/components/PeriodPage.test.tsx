import { QueryClientProvider } from '@tanstack/react-query';
import { render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, test, vi } from 'vitest';
import { ApiError } from '../api/errors';
import { createQueryClient } from '../api/queries';
import type { Period } from '../api/types';
import { axeFindings } from '../test/axe';
import { dashboard } from '../test/fixtures';
import { shopServer } from '../test/open';
import { PeriodPage } from './PeriodPage';
import type { CardQuery } from './query';

const { period } = dashboard();

beforeEach(() => void shopServer());

type Query = CardQuery<{ period: Period }>;

const query = (change: Partial<Query> = {}): Query => ({ data: { period }, error: null, isFetching: false, refetch: vi.fn(), ...change });

const show = (shown: Query, more: { comparable?: boolean; paused?: boolean; outdated?: boolean } = {}) =>
  render(
    <QueryClientProvider client={createQueryClient()}>
      <PeriodPage title="Sales" query={shown} actions={<button type="button">Units</button>} {...more}>
        <p>figures</p>
      </PeriodPage>
    </QueryClientProvider>,
  );

const address = () => window.location.pathname + window.location.search;

test('names the days that the answer is about, what they are compared with, and their zone', async () => {
  const { container } = show(query());
  const main = screen.getByRole('main');
  expect(main).toHaveTextContent(/17.*23.*2026/);
  expect(screen.getByText(/^compared with/)).toHaveTextContent(/10.*16/);
  expect(screen.getByText('not over yet')).toBeVisible();
  expect(screen.getByText(/^Europe\/Berlin/)).toBeVisible();
  expect(within(main).getByRole('button', { name: 'Units' })).toBeVisible();
  await waitFor(() => expect(document.title).toBe('Sales · Lantern & Loom'));
  expect(await axeFindings(container)).toEqual([]);
});

test('its controls change the address, one step each, and leave what belongs to the view', async () => {
  window.history.replaceState(null, '', '/sales?by=week');
  show(query());
  await userEvent.click(screen.getByRole('button', { name: '90 days' }));
  expect(address()).toBe('/sales?by=week&range=90d');
  await userEvent.click(screen.getByRole('button', { name: /^Compare/ }));
  await userEvent.click(screen.getByText('Nothing'));
  expect(address()).toBe('/sales?by=week&range=90d&compare=off');
  expect(screen.queryByText(/^compared with/)).toBeNull();
});

test('a view that compares nothing offers nothing to compare with', () => {
  show(query(), { comparable: false });
  expect(screen.queryByRole('button', { name: /^Compare/ })).toBeNull();
  expect(screen.queryByText(/^compared with/)).toBeNull();
});

test('days that the server moved are told with the reason', () => {
  show(query({ data: { period: { ...period, from: '2011-12-03', to: '2011-12-09', anchor: 'last_data', incomplete: false } } }));
  expect(screen.getByText(/There are no orders in the last 7 days/)).toHaveTextContent('2011');
  expect(screen.queryByText('not over yet')).toBeNull();
});

test('figures that could not be loaded are told once; old ones stay, with why there are no newer', () => {
  const error = new ApiError('Busy.', 503, 'unavailable');
  const { unmount } = show(query({ data: undefined, error }));
  expect(screen.getByRole('alert')).toHaveTextContent(/^The figures could not be loaded\.$/);
  unmount();
  show(query({ error }));
  expect(screen.getByRole('alert')).toBeEmptyDOMElement();
  expect(screen.getByText(/could not be renewed: Busy\./)).toBeVisible();
  expect(screen.getByText('figures')).toBeVisible();
});

test('figures that stand still on purpose are not complained of', () => {
  show(query({ error: new ApiError('Busy.', 503, 'unavailable') }), { paused: true });
  expect(screen.queryByText(/could not be renewed/)).toBeNull();
});

test('figures of other days are marked as on their way out', () => {
  const { unmount } = show(query(), { outdated: true });
  expect(screen.getByText('figures').parentElement).toHaveAttribute('aria-busy', 'true');
  unmount();
  show(query());
  expect(screen.getByText('figures').parentElement).toHaveAttribute('aria-busy', 'false');
});

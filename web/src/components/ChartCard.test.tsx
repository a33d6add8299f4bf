import { render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { lazy } from 'react';
import { beforeEach, expect, test, vi } from 'vitest';
import { ApiError } from '../api/errors';
import * as saving from '../lib/save';
import { axeFindings } from '../test/axe';
import { FakeServer, refuse } from '../test/server';
import { ChartCard } from './ChartCard';
import type { CardQuery } from './query';
import { Toasts } from './Toasts';

let server: FakeServer;

beforeEach(() => {
  server = new FakeServer();
});

const loaded = (data: number): CardQuery<number> => ({ data, error: null, isFetching: false, refetch: vi.fn() });
const csv = { request: { path: '/analytics/sales', params: { from: '2026-11-17', to: '2026-11-23' } }, fileName: 'sales 2026-11-17' };

const card = (query: CardQuery<number>, more: { both?: boolean; chart?: () => React.ReactNode } = {}) => (
  <>
    <ChartCard
      title="Sales"
      query={query}
      summary={(data) => `${data} sold.`}
      empty={(data) => (data === 0 ? <p>Nothing sold</p> : null)}
      chart={() => <span>picture</span>}
      table={(data) => <table aria-label="Sold"><tbody><tr><td>{data}</td></tr></tbody></table>}
      csv={csv}
      {...more}
    />
    <Toasts />
  </>
);

test('the picture has its words beside it and gives way to a table of the same figures', async () => {
  const { container } = render(card(loaded(7)));
  expect(screen.getByText('7 sold.')).toBeVisible();
  expect(screen.getByText('picture').parentElement).toHaveAttribute('aria-hidden', 'true');
  const button = screen.getByRole('button', { name: 'Show table' });
  // Its name tells the state; pressed besides would say the opposite.
  expect(button).not.toHaveAttribute('aria-pressed');
  await userEvent.click(button);
  expect(screen.getByRole('table', { name: 'Sold' })).toHaveTextContent('7');
  expect(screen.queryByText('picture')).toBeNull();
  expect(await axeFindings(container)).toEqual([]);
  await userEvent.click(screen.getByRole('button', { name: 'Show chart' }));
  expect(screen.queryByRole('table')).toBeNull();
});

test('the table can stand below the picture, and then needs no button', () => {
  render(card(loaded(7), { both: true }));
  expect(screen.getByText('picture')).toBeInTheDocument();
  expect(screen.getByRole('table')).toBeVisible();
  expect(screen.queryByRole('button', { name: 'Show table' })).toBeNull();
});

test('nothing to draw is said instead of drawn', () => {
  render(card(loaded(0)));
  expect(screen.getByText('Nothing sold')).toBeVisible();
  expect(screen.queryByText('picture')).toBeNull();
});

test('a picture whose script can’t be loaded leaves the card’s head and its neighbours alone', async () => {
  // React tells the console of faults that a boundary has caught.
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const Gone = lazy(() => Promise.reject(new Error('gone')));
  render(
    <>
      {card(loaded(7), { chart: () => <Gone /> })}
      <p>a neighbour</p>
    </>,
  );
  expect(await screen.findByText('This part could not be shown.')).toBeVisible();
  expect(screen.getByRole('heading', { name: 'Sales' })).toBeVisible();
  expect(screen.getByText('a neighbour')).toBeVisible();
});

test('outline, error with a way out, and old figures while new ones fail', async () => {
  const query = { data: undefined, error: null, isFetching: true, refetch: vi.fn() };
  const { rerender } = render(card(query));
  expect(screen.getByText('Loading')).toBeInTheDocument();
  const error = new ApiError('Not now.', 503, 'unavailable');
  rerender(card({ ...query, error, isFetching: false }));
  await userEvent.click(within(screen.getByRole('region', { name: 'Sales' })).getByRole('button', { name: 'Try again' }));
  expect(query.refetch).toHaveBeenCalledOnce();
  rerender(card({ ...loaded(7), error }));
  expect(screen.getByText('7 sold.')).toBeVisible();
});

test('the CSV is the answer to the card’s own question, asked for once, and the keyboard keeps its place', async () => {
  const saved = vi.spyOn(saving, 'saveAs').mockImplementation(() => undefined);
  let answer: (response: Response) => void = () => undefined;
  server.on('GET /api/analytics/sales', () => new Promise((resolve) => (answer = resolve)));
  render(card(loaded(7)));
  const button = screen.getByRole('button', { name: 'CSV' });
  button.focus();
  await userEvent.keyboard('{Enter}{Enter}');
  await waitFor(() => expect(server.calls).toHaveLength(1));
  expect(button).toHaveAttribute('aria-disabled', 'true');
  expect(button).toHaveFocus();
  expect(button).toBeEnabled();
  expect(Object.fromEntries(server.calls[0]?.search ?? [])).toEqual({ from: '2026-11-17', to: '2026-11-23', format: 'csv' });
  answer(new Response('day,sold\r\n2026-11-17,7\r\n', { headers: { 'Content-Type': 'text/csv' } }));
  await waitFor(() => expect(saved).toHaveBeenCalledOnce());
  expect(saved.mock.calls[0]?.[1]).toBe('sales 2026-11-17.csv');
  expect(saved.mock.calls[0]?.[0]).toMatchObject({ size: 'day,sold\r\n2026-11-17,7\r\n'.length, type: 'text/csv;charset=utf-8' });
  await waitFor(() => expect(button).toHaveAttribute('aria-disabled', 'false'));
});

test('a CSV that can’t be made says why and can be asked for again', async () => {
  const saved = vi.spyOn(saving, 'saveAs').mockImplementation(() => undefined);
  server.on('GET /api/analytics/sales', () => refuse(400, 'Too many rows.'));
  render(card(loaded(7)));
  await userEvent.click(screen.getByRole('button', { name: 'CSV' }));
  expect(await screen.findByText('The CSV could not be made: Too many rows.')).toBeVisible();
  expect(saved).not.toHaveBeenCalled();
  await userEvent.click(screen.getByRole('button', { name: 'CSV' }));
  await waitFor(() => expect(server.calls).toHaveLength(2));
});

import { render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { axeFindings } from '../test/axe';
import { DataTable, type Column } from './DataTable';

interface Row {
  name: string;
  sold: number | null;
}

const columns: readonly [Column<Row>, ...Column<Row>[]] = [
  { key: 'name', head: 'Product', cell: ({ name }) => name, value: ({ name }) => name },
  { key: 'sold', head: 'Sold', hint: 'Units that were not cancelled', align: 'right', cell: ({ sold }) => sold ?? '–', value: ({ sold }) => sold },
  { key: 'note', head: 'Note', cell: ({ name }) => `about ${name}` },
];

const rows: readonly Row[] = [
  { name: 'Teapot', sold: 9 },
  { name: 'Éclair tin', sold: null },
  { name: 'Blanket', sold: 100 },
  { name: 'Candle', sold: 0 },
];

const show = (more: { sorting?: { key: string; descending: boolean }; totals?: Readonly<Record<string, string>> } = {}) =>
  render(<DataTable caption="Products sold" columns={columns} rows={rows} rowKey={({ name }) => name} {...more} />);

const names = () => within(screen.getByRole('table')).getAllByRole('rowheader').map((head) => head.textContent);
const sorted = (name: string) => screen.getByRole('columnheader', { name }).getAttribute('aria-sort');
const press = (name: string) => userEvent.click(screen.getByRole('button', { name }));

test('rows stand as they come until a column is chosen', () => {
  show();
  expect(names()).toEqual(['Teapot', 'Éclair tin', 'Blanket', 'Candle']);
  expect(sorted('Product')).toBeNull();
});

test('figures are looked at from the largest, words from A; the same head again turns it round', async () => {
  show();
  await press('Sold');
  expect(names()).toEqual(['Blanket', 'Teapot', 'Candle', 'Éclair tin']);
  expect(sorted('Sold')).toBe('descending');
  await press('Sold');
  // What is missing is no small figure: it stands last either way, and zero is not missing.
  expect(names()).toEqual(['Candle', 'Teapot', 'Blanket', 'Éclair tin']);
  expect(sorted('Sold')).toBe('ascending');
  await press('Product');
  expect(names()).toEqual(['Blanket', 'Candle', 'Éclair tin', 'Teapot']);
  expect(sorted('Sold')).toBeNull();
});

test('a first sorting holds without changing what was handed in; a column without values can’t be sorted', () => {
  show({ sorting: { key: 'sold', descending: true } });
  expect(names()[0]).toBe('Blanket');
  expect(rows[0]?.name).toBe('Teapot');
  expect(screen.queryByRole('button', { name: 'Note' })).toBeNull();
});

test('totals stay below whatever the rows are sorted by', async () => {
  show({ totals: { sold: '109' } });
  await press('Sold');
  expect(screen.getAllByRole('row').at(-1)).toHaveTextContent(/^Total109$/);
});

test('it can be scrolled by keyboard, its heads say what they mean, and axe finds nothing', async () => {
  const { container } = show({ totals: { sold: '109' } });
  await userEvent.tab();
  expect(screen.getByRole('region', { name: 'Products sold' })).toHaveFocus();
  await userEvent.tab();
  expect(screen.getByRole('button', { name: 'Product' })).toHaveFocus();
  expect(screen.getByRole('columnheader', { name: 'Sold' })).toHaveAccessibleDescription('Units that were not cancelled');
  expect(await axeFindings(container)).toEqual([]);
});

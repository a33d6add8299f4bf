import { QueryClientProvider } from '@tanstack/react-query';
import { fireEvent, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, test, vi, type Mock } from 'vitest';
import { ApiError } from '../api/errors';
import { createQueryClient } from '../api/queries';
import { axeFindings } from '../test/axe';
import { Picker } from './Picker';

type Find = (text: string, signal: AbortSignal) => Promise<readonly string[]>;

let choose: Mock<(item: string) => void>;
let find: Mock<Find>;

const known: Record<string, readonly string[]> = { cup: ['Teacup'], pot: ['Teapot'], te: ['Teacup', 'Teapot', 'Tea towel'] };

beforeEach(() => {
  choose = vi.fn();
  find = vi.fn<Find>((text) => Promise.resolve(known[text] ?? []));
});

const show = () =>
  render(
    <QueryClientProvider client={createQueryClient()}>
      <Picker label="Product" placeholder="A product…" name="test" find={find} keyOf={(item) => item} show={(item) => item} onChoose={choose} />
    </QueryClientProvider>,
  );

const input = () => screen.getByRole('combobox', { name: 'Product' });
const pointedAt = () => document.getElementById(input().getAttribute('aria-activedescendant') ?? '')?.textContent;

test('Enter chooses what was found for the text that stands there, never what an earlier one found', async () => {
  show();
  await userEvent.type(input(), 'cup');
  await screen.findByRole('option', { name: 'Teacup' });
  fireEvent.change(input(), { target: { value: 'pot' } });
  fireEvent.keyDown(input(), { key: 'Enter' });
  expect(choose).not.toHaveBeenCalled();
  await screen.findByRole('option', { name: 'Teapot' });
  await userEvent.keyboard('{Enter}');
  expect(choose.mock.calls).toEqual([['Teapot']]);
  expect(input()).toHaveValue('');
});

test('asks once for a text that stands still, and not for a single letter', async () => {
  show();
  await userEvent.type(input(), 't');
  await userEvent.type(input(), 'e');
  await screen.findByRole('option', { name: 'Tea towel' });
  expect(find.mock.calls.map(([text]) => text)).toEqual(['te']);
});

test('the arrow keys go round, the pointed-at option is told, and axe finds nothing', async () => {
  const { container } = show();
  await userEvent.type(input(), 'te');
  await screen.findByRole('option', { name: 'Teapot' });
  expect(pointedAt()).toBe('Teacup');
  await userEvent.keyboard('{ArrowUp}');
  expect(pointedAt()).toBe('Tea towel');
  await userEvent.keyboard('{ArrowDown}{ArrowDown}');
  expect(pointedAt()).toBe('Teapot');
  expect(screen.getByRole('option', { selected: true })).toHaveTextContent('Teapot');
  expect(await axeFindings(container)).toEqual([]);
  await userEvent.keyboard('{Enter}');
  expect(choose.mock.calls).toEqual([['Teapot']]);
});

test('Enter that ends an input method’s word chooses nothing', async () => {
  show();
  await userEvent.type(input(), 'te');
  await screen.findByRole('option', { name: 'Teapot' });
  fireEvent.keyDown(input(), { key: 'Enter', isComposing: true });
  expect(choose).not.toHaveBeenCalled();
});

test('Escape closes the list and nothing around it; once more, it is not the picker’s', async () => {
  const around = vi.fn();
  document.addEventListener('keydown', around);
  show();
  await userEvent.type(input(), 'te');
  await screen.findByRole('option', { name: 'Teapot' });
  around.mockClear();
  await userEvent.keyboard('{Escape}');
  expect(input()).toHaveAttribute('aria-expanded', 'false');
  expect(around).not.toHaveBeenCalled();
  await userEvent.keyboard('{Escape}');
  expect(around).toHaveBeenCalledOnce();
  document.removeEventListener('keydown', around);
});

test('finding nothing and not being answered are told apart', async () => {
  show();
  await userEvent.type(input(), 'zebra');
  expect(await screen.findByText('Nothing found.')).toBeVisible();
  find.mockRejectedValue(new ApiError('No.', 400, 'refused'));
  await userEvent.type(input(), 's');
  await waitFor(() => expect(screen.getByRole('status')).toHaveTextContent('The search is not answered right now.'));
});

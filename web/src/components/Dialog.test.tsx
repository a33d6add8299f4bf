import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test, vi } from 'vitest';
import { axeFindings } from '../test/axe';
import { ConfirmDialog, Dialog } from './Dialog';

test('it is modal, named by its title, and closed by its button', async () => {
  const modal = vi.spyOn(HTMLDialogElement.prototype, 'showModal');
  const onClose = vi.fn();
  render(<Dialog title="Keyboard" onClose={onClose}>keys</Dialog>);
  const dialog = screen.getByRole('dialog', { name: 'Keyboard' });
  expect(modal).toHaveBeenCalledOnce();
  expect(await axeFindings(dialog)).toEqual([]);
  await userEvent.click(screen.getByRole('button', { name: 'Close' }));
  expect(onClose).toHaveBeenCalledOnce();
});

test.each([
  ['Keep it', 0],
  ['Cancel the order', 1],
])('“%s” closes the dialog itself, which gives the focus back, and confirms %i times', async (name, confirmed) => {
  const close = vi.spyOn(HTMLDialogElement.prototype, 'close');
  const [onConfirm, onClose] = [vi.fn(), vi.fn()];
  render(<ConfirmDialog title="Cancel this order?" action="Cancel the order" onConfirm={onConfirm} onClose={onClose}>It can’t be undone.</ConfirmDialog>);
  await userEvent.click(screen.getByRole('button', { name }));
  expect(close).toHaveBeenCalledOnce();
  expect(onClose).toHaveBeenCalledOnce();
  expect(onConfirm).toHaveBeenCalledTimes(confirmed);
});

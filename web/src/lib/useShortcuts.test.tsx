import { fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { setShortcutsEnabled, useShortcuts } from './useShortcuts';

const [d, help, palette] = [vi.fn(), vi.fn(), vi.fn()];

function Page({ dialog = false, onD = d }: { dialog?: boolean; onD?: () => void }) {
  useShortcuts({ d: onD, '?': help, 'mod+k': palette });
  return (
    <>
      <input aria-label="Name" />
      <select aria-label="Role" />
      <div aria-label="Text" role="textbox" tabIndex={0} ref={(element) => {
        // jsdom knows no contenteditable.
        if (element) Object.defineProperty(element, 'isContentEditable', { value: true });
      }} />
      <dialog open={dialog} aria-label="Dialog" />
    </>
  );
}

const press = (key: string, more: KeyboardEventInit = {}, target: Element = document.body) => fireEvent.keyDown(target, { key, ...more });

beforeEach(() => {
  for (const action of [d, help, palette]) action.mockClear();
});
afterEach(() => setShortcutsEnabled(true));

test('a key does its own, in either case, and the browser does nothing by it', () => {
  render(<Page />);
  expect(press('d')).toBe(false);
  press('D', { shiftKey: true });
  expect(d).toHaveBeenCalledTimes(2);
  expect(press('q')).toBe(true);
});

test('a key that is held acts once', () => {
  render(<Page />);
  press('d');
  press('d', { repeat: true });
  expect(d).toHaveBeenCalledOnce();
});

test('single keys are left to those who type; modified ones act there, too', () => {
  render(<Page />);
  for (const field of [screen.getByLabelText('Name'), screen.getByLabelText('Role'), screen.getByLabelText('Text')]) {
    press('d', {}, field);
    press('k', { ctrlKey: true }, field);
    press('k', { metaKey: true }, field);
  }
  expect(d).not.toHaveBeenCalled();
  expect(palette).toHaveBeenCalledTimes(6);
});

test('other keys with modifiers, and characters of AltGr, are not taken for single ones', () => {
  render(<Page />);
  press('d', { ctrlKey: true });
  press('d', { altKey: true });
  press('d', { ctrlKey: true, altKey: true });
  press('k', { ctrlKey: true, metaKey: true });
  press('k');
  expect(d).not.toHaveBeenCalled();
  expect(palette).not.toHaveBeenCalled();
});

test('nothing acts behind a dialog, nor on what something else has dealt with', () => {
  const { rerender } = render(<Page dialog />);
  press('d');
  press('k', { ctrlKey: true });
  rerender(<Page />);
  const deal = (event: Event) => event.preventDefault();
  document.body.addEventListener('keydown', deal);
  press('d');
  document.body.removeEventListener('keydown', deal);
  expect(d).not.toHaveBeenCalled();
  expect(palette).not.toHaveBeenCalled();
});

test('when single letters are off, the help and modified keys stay; the choice is remembered', () => {
  render(<Page />);
  setShortcutsEnabled(false);
  press('d');
  press('?', { shiftKey: true });
  press('k', { ctrlKey: true });
  expect(d).not.toHaveBeenCalled();
  expect(help).toHaveBeenCalledOnce();
  expect(palette).toHaveBeenCalledOnce();
  expect(localStorage.getItem('cloudcart.shortcuts')).toBe('off');
  setShortcutsEnabled(true);
  press('d');
  expect(d).toHaveBeenCalledOnce();
  expect(localStorage.getItem('cloudcart.shortcuts')).toBeNull();
});

test('the latest action counts, and none once the page is gone', () => {
  const later = vi.fn();
  const { rerender, unmount } = render(<Page />);
  rerender(<Page onD={later} />);
  press('d');
  unmount();
  press('d');
  expect(later).toHaveBeenCalledOnce();
  expect(d).not.toHaveBeenCalled();
});

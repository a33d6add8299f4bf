import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { expect, test, vi } from 'vitest';
import type { Comparison } from '../period/range';
import { axeFindings } from '../test/axe';
import { dashboard } from '../test/fixtures';
import { ComparePicker } from './ComparePicker';
import { Popover } from './Popover';

const { period } = dashboard();

/** As on a page, whose main part takes the focus when it is pressed. */
function Page({ onChange }: { onChange: (compare: Comparison) => void }) {
  const [compare, setCompare] = useState<Comparison>('period');
  const change = (next: Comparison) => {
    setCompare(next);
    onChange(next);
  };
  return (
    <main tabIndex={-1}>
      <h1>Sales</h1>
      <ComparePicker compare={compare} period={period} onChange={change} />
      <button type="button">Other</button>
    </main>
  );
}

const button = () => screen.getByRole('button', { name: /^Compare/ });
const open = () => expect(button()).toHaveAttribute('aria-expanded', 'true');
const closed = () => expect(button()).toHaveAttribute('aria-expanded', 'false');

test('a press on the words of a choice chooses it, closes the panel and goes back to the button', async () => {
  const onChange = vi.fn();
  render(<Page onChange={onChange} />);
  await userEvent.click(button());
  await userEvent.click(screen.getByText('The same days a year earlier'));
  expect(onChange).toHaveBeenCalledExactlyOnceWith('year');
  closed();
  expect(button()).toHaveFocus();
  expect(button()).toHaveTextContent('previous year');
});

test('the arrow keys choose without closing', async () => {
  const onChange = vi.fn();
  render(<Page onChange={onChange} />);
  button().focus();
  await userEvent.keyboard('{Enter}{Tab}');
  expect(screen.getByRole('radio', { name: /The days right before/ })).toHaveFocus();
  await userEvent.keyboard('{ArrowDown}');
  expect(onChange).toHaveBeenLastCalledWith('year');
  open();
  await userEvent.keyboard('{Escape}');
  closed();
  expect(button()).toHaveFocus();
});

test('the choice in force names its days, and axe finds nothing', async () => {
  const { container } = render(<Page onChange={vi.fn()} />);
  await userEvent.click(button());
  expect(screen.getByRole('radio', { checked: true })).toHaveAccessibleName(/^The days right before.*10.*16/);
  expect(await axeFindings(container)).toEqual([]);
});

test('a panel closes by a press elsewhere and by focus that leaves it, not by one inside', async () => {
  render(
    <main tabIndex={-1}>
      <Popover label="More" button={(props) => <button type="button" {...props}>Compare</button>}>
        {() => (
          <>
            <p>words</p>
            <button type="button">inside</button>
          </>
        )}
      </Popover>
      <button type="button">elsewhere</button>
    </main>,
  );
  await userEvent.click(button());
  await userEvent.click(screen.getByText('words'));
  open();
  await userEvent.click(screen.getByRole('button', { name: 'elsewhere' }));
  closed();
  await userEvent.click(button());
  await userEvent.tab();
  expect(screen.getByRole('button', { name: 'inside' })).toHaveFocus();
  open();
  await userEvent.tab();
  expect(screen.getByRole('button', { name: 'elsewhere' })).toHaveFocus();
  closed();
  expect(screen.queryByText('words')).toBeNull();
});

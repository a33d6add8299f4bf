import { act, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, test, vi } from 'vitest';
import { ApiError } from '../api/errors';
import { toast } from '../lib/toasts';
import { axeFindings } from '../test/axe';
import { BarList } from './BarList';
import { Boundary } from './Boundary';
import { Choice } from './Choice';
import { FormProblem } from './FormProblem';
import { Toasts } from './Toasts';

test('Choice tells which one is on and hands on the one that is pressed', async () => {
  const onChange = vi.fn();
  render(<Choice label="By" choices={[['day', 'Days'], ['week', 'Weeks']]} value="day" onChange={onChange} />);
  const group = within(screen.getByRole('group', { name: 'By' }));
  expect(group.getByRole('button', { pressed: true })).toHaveTextContent('Days');
  await userEvent.click(group.getByRole('button', { name: 'Weeks' }));
  expect(onChange).toHaveBeenCalledExactlyOnceWith('week');
});

describe('BarList', () => {
  const long = 'SET OF THREE HAND PAINTED WOODEN CAKE STANDS WITH REGENCY PATTERN';
  const list = (shares: readonly number[]) =>
    render(
      <BarList
        caption="Revenue by category"
        head="Category"
        rows={shares.map((share, index) => ({ key: `${index}`, name: index === 0 ? long : `Other ${index}`, share }))}
        columns={[{ key: 'revenue', head: 'Revenue', cell: ({ share }) => `€${share}` }]}
        hrefOf={({ key }) => `/products?category=${key}`}
      />,
    );
  const widths = (container: HTMLElement) => [...container.querySelectorAll<HTMLElement>('[style]')].map((bar) => bar.style.width);

  test('is a table whose bars are shares of the longest; a name that is cut can be had in full', async () => {
    const { container } = list([80, 20]);
    expect(screen.getByRole('row', { name: /Other 1 €20/ })).toBeVisible();
    expect(widths(container)).toEqual(['100%', '25%']);
    const link = screen.getByRole('link', { name: long });
    expect(link).toHaveAttribute('title', long);
    expect(link).toHaveAttribute('href', '/products?category=0');
    expect(await axeFindings(container)).toEqual([]);
  });

  test('draws nothing by what is not positive', () => {
    expect(widths(list([0, -5]).container)).toEqual(['0%', '0%']);
  });
});

describe('Toasts', () => {
  test('the region is there before it speaks, and speaks of what is new only', async () => {
    const { container } = render(<Toasts />);
    const region = screen.getByRole('status');
    expect(region).toBeEmptyDOMElement();
    // A status is read out as a whole unless it says otherwise.
    expect(region).toHaveAttribute('aria-atomic', 'false');
    act(() => {
      toast('Saved.', 'good');
      toast('It broke.', 'bad');
    });
    expect(await axeFindings(container)).toEqual([]);
    const [saved] = within(region).getAllByRole('button', { name: 'Close' });
    await userEvent.click(saved as HTMLElement);
    expect(region).toHaveTextContent(/^It broke\.$/);
  });

  test('what was said goes with the page that said it', () => {
    const { unmount } = render(<Toasts />);
    act(() => toast('It broke.', 'bad'));
    unmount();
    render(<Toasts />);
    expect(screen.getByRole('status')).toBeEmptyDOMElement();
  });
});

describe('Boundary', () => {
  function Faulty(): never {
    throw new Error('no such figure');
  }

  test('keeps a fault to its part, within the frame that the place needs', () => {
    // React tells the console of faults that a boundary has caught.
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    render(
      <>
        <Boundary frame={(message) => <section aria-label="Sales">{message}</section>}>
          <Faulty />
        </Boundary>
        <p>a neighbour</p>
      </>,
    );
    const part = within(screen.getByRole('region', { name: 'Sales' }));
    expect(part.getByText('This part could not be shown.')).toBeVisible();
    expect(part.getByRole('button', { name: 'Try again' })).toBeEnabled();
    expect(screen.getByText('a neighbour')).toBeVisible();
    expect(screen.queryByText(/no such figure/)).toBeNull();
  });
});

describe('FormProblem', () => {
  test('says everything that the API found wrong', () => {
    const { rerender } = render(<FormProblem error={null} />);
    const region = screen.getByRole('alert');
    expect(region).toBeEmptyDOMElement();
    rerender(<FormProblem error={new ApiError('The alert is not valid.', 400, 'invalid', ['name: is missing', 'over: is no number'])} />);
    expect(region).toHaveTextContent('The alert is not valid.');
    expect(within(region).getAllByRole('listitem').map((item) => item.textContent)).toEqual(['name: is missing', 'over: is no number']);
  });

  test('shows no words of a fault of the page itself', () => {
    render(<FormProblem error={new TypeError('x is undefined')} />);
    expect(screen.getByRole('alert')).toHaveTextContent(/^This could not be done\.$/);
  });
});

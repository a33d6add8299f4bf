import { QueryClientProvider } from '@tanstack/react-query';
import { fireEvent, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test, vi } from 'vitest';
import { createQueryClient } from '../api/queries';
import { Picker } from './Picker';

test('Enter chooses what was found for the text that stands there, never what an earlier one found', async () => {
  const choose = vi.fn();
  render(
    <QueryClientProvider client={createQueryClient()}>
      <Picker
        label="Product"
        placeholder="…"
        name="test"
        find={(text) => Promise.resolve(text === 'cup' ? ['Teacup'] : text === 'pot' ? ['Teapot'] : [])}
        keyOf={(item) => item}
        show={(item) => item}
        onChoose={choose}
      />
    </QueryClientProvider>,
  );
  const input = screen.getByRole('combobox', { name: 'Product' });
  await userEvent.type(input, 'cup');
  await screen.findByRole('option', { name: 'Teacup' });
  fireEvent.change(input, { target: { value: 'pot' } });
  fireEvent.keyDown(input, { key: 'Enter' });
  expect(choose).not.toHaveBeenCalled();
  await screen.findByRole('option', { name: 'Teapot' });
  await userEvent.keyboard('{Enter}');
  expect(choose.mock.calls).toEqual([['Teapot']]);
});

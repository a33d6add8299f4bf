import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, test } from 'vitest';
import { takeSetupToken } from '../../session/signInLink';
import { axeFindings } from '../../test/axe';
import { sessionData, storeSession } from '../../test/fixtures';
import { open, shopServer } from '../../test/open';
import { ok, refuse, type FakeServer } from '../../test/server';

let server: FakeServer;

beforeEach(() => {
  ({ server } = shopServer());
});

async function fill() {
  await userEvent.type(await screen.findByLabelText('First name'), 'Olga');
  await userEvent.type(screen.getByLabelText('Last name'), 'Owner');
  await userEvent.type(screen.getByLabelText('E-mail'), 'owner@shop.test');
  await userEvent.type(screen.getByLabelText('Password'), 'correct horse');
  await userEvent.click(screen.getByRole('button', { name: 'Make the account' }));
}

describe('the first page of a shop', () => {
  test('makes its administrator, who is signed in', async () => {
    server.on('POST /api/users/setup', () => ok(sessionData()));
    const { container } = await open('/', null, 'the-token');
    await screen.findByRole('heading', { name: 'Set up the shop' });
    expect(await axeFindings(container)).toEqual([]);
    await fill();
    expect(await screen.findByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
    expect(server.to('/api/users/setup')[0]?.body).toEqual({
      token: 'the-token', email: 'owner@shop.test', password: 'correct horse', first_name: 'Olga', last_name: 'Owner',
    });
  });

  test('says what is wrong, and leads to the sign-in', async () => {
    server.on('POST /api/users/setup', () => refuse(401, 'This setup token is not valid any more.'));
    await open('/', null, 'used');
    await fill();
    expect(await screen.findByText('This setup token is not valid any more.')).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'I have an account' }));
    expect(await screen.findByRole('heading', { name: 'Sign in' })).toBeVisible();
  });

  test('is not for somebody who is signed in', async () => {
    storeSession();
    await open('/', null, 'the-token');
    expect(await screen.findByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
  });

  test('leaves no token in the address', () => {
    window.history.replaceState(null, '', '/#setup=secret');
    expect(takeSetupToken()).toBe('secret');
    expect(window.location.hash).toBe('');
    expect(takeSetupToken()).toBeNull();
  });
});

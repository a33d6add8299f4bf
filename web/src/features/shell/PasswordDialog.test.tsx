import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, test } from 'vitest';
import { axeFindings } from '../../test/axe';
import { sessionData, storeSession } from '../../test/fixtures';
import { open, shopServer } from '../../test/open';
import { ok, refuse, type FakeServer } from '../../test/server';

let server: FakeServer;

beforeEach(() => {
  ({ server } = shopServer());
  storeSession();
});

async function openDialog() {
  await open('/');
  await userEvent.click(await screen.findByRole('button', { name: 'Account' }));
  await userEvent.click(screen.getByRole('button', { name: 'Change password' }));
  return within(await screen.findByRole('dialog', { name: 'Change password' }));
}

async function fill(dialog: Awaited<ReturnType<typeof openDialog>>, again = 'better horse') {
  for (const [label, text] of [['Present password', 'correct horse'], ['New password', 'better horse'], ['New password again', again]] as const) {
    await userEvent.click(dialog.getByLabelText(label));
    await userEvent.paste(text);
  }
}

describe('the password', () => {
  test('is changed from the account menu, and the page goes on with the new session', async () => {
    server.on('POST /api/users/password', () => ok(sessionData({ token: 'd.e.f', refresh_token: 'refresh-2' })));
    const dialog = await openDialog();
    await fill(dialog);
    await userEvent.click(dialog.getByRole('button', { name: 'Change password' }));
    expect(await dialog.findByRole('status')).toHaveTextContent('Your password is changed.');
    const [call] = server.to('/api/users/password');
    expect(call?.body).toEqual({ current_password: 'correct horse', new_password: 'better horse' });
    expect(call?.headers.get('Authorization')).toBe('Bearer a.b.c');
    expect(localStorage.getItem('cloudcart.session')).toContain('d.e.f');
  });

  test('is asked for in a dialog that everybody can use', async () => {
    await openDialog();
    expect(await axeFindings(screen.getByRole('dialog'))).toEqual([]);
  });

  test('that was mistyped is not sent', async () => {
    const dialog = await openDialog();
    await fill(dialog, 'better house');
    expect(dialog.getByText('is not the same')).toBeVisible();
    expect(dialog.getByRole('button', { name: 'Change password' })).toBeDisabled();
    expect(server.to('/api/users/password')).toHaveLength(0);
  });

  test('that is not the present one is said at its field, and nobody is signed out', async () => {
    server.on('POST /api/users/password', () =>
      refuse(400, 'The request breaks a rule.', { errors: ['current_password: is not the password of this account'] }),
    );
    const dialog = await openDialog();
    await fill(dialog);
    await userEvent.click(dialog.getByRole('button', { name: 'Change password' }));
    expect(await dialog.findByText('is not the password of this account')).toBeVisible();
    expect(dialog.getByLabelText('Present password')).toBeInvalid();
    expect(localStorage.getItem('cloudcart.session')).toContain('a.b.c');
  });
});

import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, test, vi } from 'vitest';
import { axeFindings } from '../test/axe';
import { sessionData, storeSession } from '../test/fixtures';
import { FakeServer, ok, refuse } from '../test/server';
import { PersonActions } from './PersonActions';

const { saveAs } = vi.hoisted(() => ({ saveAs: vi.fn<(content: Blob, fileName: string) => void>() }));
vi.mock('../lib/save', () => ({ saveAs }));
const { signOut } = vi.hoisted(() => ({ signOut: vi.fn(() => Promise.resolve()) }));
vi.mock('../session/session', () => ({ session: { token: () => Promise.resolve('a.b.c'), signOut, renew: () => Promise.resolve(null) } }));

const { id } = sessionData().user;
const erasure = {
  user_id: id, requested_at: '2026-11-23T09:30:00.000Z', requested_by: 'admin', state: 'under_way',
  services: ['user', 'order', 'analytics'].map((service) => ({ service, done: false, open_orders: 0, reported_at: null })),
};
let server: FakeServer;

beforeEach(() => {
  vi.clearAllMocks();
  storeSession();
  server = new FakeServer().on(`POST /api/users/${id}/erasure`, () => ok({ erasure, receipt: 'r' }));
});

const show = (own?: 'staff' | 'admin') =>
  render(
    <QueryClientProvider client={new QueryClient()}>
      <PersonActions id={id} name="Ada Loom" {...(own ? { own } : {})} />
    </QueryClientProvider>,
  );

test('the document is saved as the server writes it', async () => {
  server.on(`GET /api/users/${id}/export`, () => new Response('{"account":{}}\n', { headers: { 'Content-Type': 'application/json' } }));
  show('staff');
  await userEvent.click(screen.getByRole('button', { name: 'Download my data' }));
  await waitFor(() => expect(saveAs).toHaveBeenCalledOnce());
  const [content, name] = saveAs.mock.calls[0] ?? [];
  expect(content).toMatchObject({ size: 15, type: 'application/json' });
  expect(name).toBe('personal-data.json');
});

test('the own account is deleted with its password, and the session is over', async () => {
  const { container } = show('staff');
  await userEvent.click(screen.getByRole('button', { name: 'Delete my account' }));
  const dialog = within(screen.getByRole('dialog'));
  await userEvent.click(dialog.getByRole('button', { name: 'Delete for good' }));
  expect(server.calls).toHaveLength(0);
  await userEvent.type(dialog.getByLabelText('Password'), 'secret');
  expect(await axeFindings(container)).toEqual([]);
  await userEvent.click(dialog.getByRole('button', { name: 'Delete for good' }));
  await waitFor(() => expect(signOut).toHaveBeenCalledOnce());
  expect(server.calls[0]?.body).toEqual({ password: 'secret' });
});

test('a wrong password is said where it stands, and nothing else happens', async () => {
  server.on(`POST /api/users/${id}/erasure`, () => refuse(400, 'Some fields are wrong.', { errors: ['password: is not the account’s'] }));
  show('staff');
  await userEvent.click(screen.getByRole('button', { name: 'Delete my account' }));
  await userEvent.type(screen.getByLabelText('Password'), 'a guess');
  await userEvent.click(screen.getByRole('button', { name: 'Delete for good' }));
  expect(await screen.findByLabelText('Password')).toHaveAccessibleDescription('is not the account’s');
  expect(signOut).not.toHaveBeenCalled();
});

test('another’s account is deleted once its name is typed', async () => {
  show();
  await userEvent.click(screen.getByRole('button', { name: 'Delete the account' }));
  await userEvent.type(screen.getByLabelText('Type Ada Loom to confirm'), 'Ada');
  await userEvent.click(screen.getByRole('button', { name: 'Delete for good' }));
  expect(server.calls).toHaveLength(0);
  await userEvent.type(screen.getByLabelText('Type Ada Loom to confirm'), ' Loom');
  await userEvent.click(screen.getByRole('button', { name: 'Delete for good' }));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(server.calls[0]?.body).toEqual({});
  expect(signOut).not.toHaveBeenCalled();
});

test('admins do not delete themselves', () => {
  show('admin');
  expect(screen.getByRole('button', { name: 'Download my data' })).toBeVisible();
  expect(screen.queryByRole('button', { name: 'Delete my account' })).toBeNull();
});

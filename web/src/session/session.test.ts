import { beforeEach, describe, expect, test, vi } from 'vitest';
import { sessionData, storeSession } from '../test/fixtures';
import { FakeServer, ok, refuse } from '../test/server';
import { SessionStore } from './session';
import { takeSignInCode } from './signInLink';

let server: FakeServer;
const stored = () => localStorage.getItem('cloudcart.session');
const renewed = sessionData({ token: 'd.e.f', refresh_token: 'refresh-2' });

beforeEach(() => {
  server = new FakeServer().on('POST /api/users/refresh', () => ok(renewed)).on('POST /api/users/logout', () => ok({}));
});

describe('signing in', () => {
  test('by e-mail and password', async () => {
    server.on('POST /api/users/login', () => ok(sessionData()));
    const session = new SessionStore();
    await session.signIn('ada@shop.test', 'secret');
    expect(server.calls[0]?.body).toEqual({ email: 'ada@shop.test', password: 'secret' });
    expect(session.get()?.user.email).toBe('ada@shop.test');
    expect(new SessionStore().get()?.token).toBe('a.b.c');
  });

  test('a wrong password leaves nobody signed in and gives the server’s words', async () => {
    server.on('POST /api/users/login', () => refuse(401, 'E-mail or password is wrong.'));
    const session = new SessionStore();
    await expect(session.signIn('a', 'b')).rejects.toThrow('E-mail or password is wrong.');
    expect(session.get()).toBeNull();
    expect(stored()).toBeNull();
  });

  test('by a link', async () => {
    server.on('POST /api/users/login/code', () => ok(sessionData()));
    const session = new SessionStore();
    await session.signInWithCode('abc');
    expect(server.calls[0]?.body).toEqual({ code: 'abc' });
    expect(session.get()?.token).toBe('a.b.c');
  });

  test('a used link says so, and signs nobody out who was signed in', async () => {
    server.on('POST /api/users/login/code', () => refuse(401, 'used'));
    const nobody = new SessionStore();
    await nobody.signInWithCode('abc');
    expect(nobody.signedOutReason()).toBe('bad_link');
    storeSession();
    const somebody = new SessionStore();
    await somebody.signInWithCode('abc');
    expect(somebody.get()?.token).toBe('a.b.c');
  });
});

describe('the token', () => {
  test('is used as it is while it is good', async () => {
    storeSession();
    expect(await new SessionStore().token()).toBe('a.b.c');
    expect(server.calls).toHaveLength(0);
  });

  test('is renewed shortly before its end, once for all who ask', async () => {
    storeSession(Date.now() + 30_000);
    const session = new SessionStore();
    expect(await Promise.all([session.token(), session.token(), session.renew('a.b.c')])).toMatchObject(['d.e.f', 'd.e.f', { token: 'd.e.f' }]);
    expect(server.calls.map((call) => call.body)).toEqual([{ refresh_token: 'refresh-1' }]);
    expect(new SessionStore().get()?.refreshToken).toBe('refresh-2');
  });

  test('that was refused is not renewed when a newer one is there already', async () => {
    storeSession();
    const session = new SessionStore();
    await session.renew('a.b.c');
    expect((await session.renew('a.b.c'))?.token).toBe('d.e.f');
    expect(server.calls).toHaveLength(1);
  });

  test('that another tab has renewed is taken over: a refresh token is never used twice', async () => {
    storeSession();
    const [first, second] = [new SessionStore(), new SessionStore()];
    await Promise.all([first.renew('a.b.c'), second.renew('a.b.c')]);
    expect(server.calls).toHaveLength(1);
    expect(first.get()?.token).toBe('d.e.f');
    expect(second.get()?.token).toBe('d.e.f');
  });

  test('can not be renewed any more: the session is over', async () => {
    server.on('POST /api/users/refresh', () => refuse(401, 'ended'));
    storeSession(Date.now() - 1);
    const session = new SessionStore();
    expect(await session.token()).toBeNull();
    expect(session.get()).toBeNull();
    expect(session.signedOutReason()).toBe('expired');
    expect(stored()).toBeNull();
  });

  test.each([
    ['a new token', () => ok(renewed)],
    ['a refusal', () => refuse(401, 'ended')],
  ])('%s that comes after someone else has signed in is not theirs', async (_name, late) => {
    let answer: (response: Response) => void = () => undefined;
    const other = sessionData({ token: 'g.h.i', refresh_token: 'refresh-9', user: { ...sessionData().user, id: 'someone-else' } });
    server
      .on('POST /api/users/refresh', () => new Promise((resolve) => (answer = resolve)))
      .on('POST /api/users/login', () => ok(other));
    storeSession(Date.now() - 1);
    const session = new SessionStore();
    const renewal = session.renew('a.b.c');
    await vi.waitFor(() => expect(server.to('/api/users/refresh')).toHaveLength(1));
    await session.signIn('bob@shop.test', 'secret');
    answer(late());
    // Who asked in the name of the first is not answered in that of the second.
    expect(await renewal).toBeNull();
    expect(session.get()?.token).toBe('g.h.i');
    expect(new SessionStore().get()?.token).toBe('g.h.i');
  });

  test.each([
    ['no network', () => Promise.reject(new TypeError('Failed to fetch'))],
    ['a server that is overloaded', () => refuse(503, 'later')],
  ])('%s ends no session', async (_name, answer) => {
    server.on('POST /api/users/refresh', answer);
    storeSession(Date.now() - 1);
    const session = new SessionStore();
    await expect(session.token()).rejects.toThrow();
    expect(session.get()?.token).toBe('a.b.c');
  });
});

test('signing out forgets the session at once and tells the server whose it was', async () => {
  storeSession();
  const session = new SessionStore();
  const heard = vi.fn();
  session.subscribe(heard);
  const done = session.signOut();
  expect(session.get()).toBeNull();
  expect(heard).toHaveBeenCalledOnce();
  await done;
  expect(stored()).toBeNull();
  expect(server.to('/api/users/logout')[0]?.headers.get('Authorization')).toBe('Bearer a.b.c');
});

test('signing out in another tab signs out here', () => {
  storeSession();
  const session = new SessionStore();
  window.dispatchEvent(new StorageEvent('storage', { key: 'cloudcart.session', newValue: null }));
  expect(session.get()).toBeNull();
  expect(session.signedOutReason()).toBe('signed_out');
});

test('emptying the browser’s storage in another tab signs out here', () => {
  storeSession();
  const session = new SessionStore();
  localStorage.clear();
  window.dispatchEvent(new StorageEvent('storage', { key: null, newValue: null }));
  expect(session.get()).toBeNull();
});

test('a spoilt memory is no session', () => {
  localStorage.setItem('cloudcart.session', '{"token":1');
  expect(new SessionStore().get()).toBeNull();
});

test('the code of a link leaves the address, the rest stays', () => {
  window.history.replaceState(null, '', '/?range=30d#code=x%2By');
  expect(takeSignInCode()).toBe('x+y');
  expect(window.location.href).toMatch(/\/\?range=30d$/);
  expect(takeSignInCode()).toBeNull();
});

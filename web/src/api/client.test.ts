import { beforeEach, expect, test, vi } from 'vitest';
import { sessionData, storeSession } from '../test/fixtures';
import { FakeServer, ok, refuse } from '../test/server';

let server: FakeServer;
let get: typeof import('./client').get;

beforeEach(async () => {
  server = new FakeServer().on('POST /api/users/refresh', () => ok(sessionData({ token: 'new' })));
  storeSession();
  vi.resetModules();
  ({ get } = await import('./client'));
});

test('sends the token and unwraps the answer', async () => {
  server.on('GET /api/thing', () => ok({ n: 1 }));
  expect(await get('/thing', { params: { from: '2026-11-17' } })).toEqual({ n: 1 });
  expect(server.calls[0]?.headers.get('Authorization')).toBe('Bearer a.b.c');
  expect(server.calls[0]?.search.get('from')).toBe('2026-11-17');
});

test('a token that the server refuses is renewed and the request sent again', async () => {
  server.on('GET /api/thing', (call) => (call.headers.get('Authorization') === 'Bearer new' ? ok('here') : refuse(401, 'old')));
  expect(await get('/thing')).toBe('here');
});

test('and once only', async () => {
  server.on('GET /api/thing', () => refuse(401, 'never'));
  await expect(get('/thing')).rejects.toMatchObject({ status: 401, message: 'never' });
  expect(server.to('/api/thing')).toHaveLength(2);
});

test('a refusal keeps everything that the server says', async () => {
  server.on('GET /api/thing', () => refuse(400, 'Not so.', { code: 'validation_failed', errors: ['from: is no day'] }));
  await expect(get('/thing')).rejects.toMatchObject({
    status: 400,
    code: 'validation_failed',
    message: 'Not so.',
    details: ['from: is no day'],
    requestId: 'r-1',
    temporary: false,
  });
});

test('no answer at all is temporary', async () => {
  server.on('GET /api/thing', () => Promise.reject(new TypeError('Failed to fetch')));
  await expect(get('/thing')).rejects.toMatchObject({ status: 0, code: 'unreachable', temporary: true });
});

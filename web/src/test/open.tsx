import { render } from '@testing-library/react';
import { vi } from 'vitest';
import { dashboard, model, popular, shop, similar } from './fixtures';
import { FakeServer, FakeStream, ok } from './server';

/** What every page asks of the platform: the shop, the overview, the stream. Views add their own routes. */
export function shopServer(): { server: FakeServer; streams: FakeStream[] } {
  const streams: FakeStream[] = [];
  const server = new FakeServer()
    .on('GET /api/shop', () => ok(shop))
    .on('POST /api/users/logout', () => ok({}))
    .on('GET /api/analytics/dashboard', () => ok(dashboard()))
    .on('GET /api/analytics/stream', (call) => {
      const stream = new FakeStream(call.signal);
      streams.push(stream);
      return stream.response;
    })
    .on('GET /api/ai/recommendations/popular', () => ok(popular))
    .on('GET /api/ai/recommendations/product/p1', () => ok(similar))
    .on('GET /api/ai/model/status', () => ok(model));
  return { server, streams };
}

/** The page as a browser opens it: with nothing left over from an earlier test but what the storage holds. */
export async function open(address = '/', code: string | null = null, setupToken: string | null = null) {
  window.history.replaceState(null, '', address);
  vi.resetModules();
  const { App } = await import('../App');
  return render(<App code={code} setupToken={setupToken} />);
}

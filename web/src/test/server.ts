import { vi } from 'vitest';

export interface Call {
  method: string;
  path: string;
  search: URLSearchParams;
  headers: Headers;
  body: unknown;
  signal: AbortSignal | null;
}

type Answer = Response | Promise<Response>;

export const ok = (data: unknown): Response => Response.json({ success: true, data });

export const refuse = (status: number, message: string, extra: Record<string, unknown> = {}): Response =>
  Response.json({ success: false, message, code: 'refused', request_id: 'r-1', ...extra }, { status });

/** Stands for the platform: one function per route, and a record of what was asked. */
export class FakeServer {
  readonly calls: Call[] = [];
  private readonly routes = new Map<string, (call: Call) => Answer>();

  constructor() {
    vi.stubGlobal('fetch', (input: URL | string, init: RequestInit = {}) => {
      const url = new URL(input, 'http://shop.test');
      const call: Call = {
        method: init.method ?? 'GET',
        path: url.pathname,
        search: url.searchParams,
        headers: new Headers(init.headers),
        body: typeof init.body === 'string' ? JSON.parse(init.body) : undefined,
        signal: init.signal ?? null,
      };
      this.calls.push(call);
      const route = this.routes.get(`${call.method} ${call.path}`);
      return Promise.resolve(route ? route(call) : refuse(404, `No route ${call.method} ${call.path}.`));
    });
  }

  on(route: string, answer: (call: Call) => Answer): this {
    this.routes.set(route, answer);
    return this;
  }

  to(path: string): Call[] {
    return this.calls.filter((call) => call.path === path);
  }
}

/** An event stream that the test writes to and cuts. */
export class FakeStream {
  private controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  readonly response: Response;

  constructor(signal: AbortSignal | null) {
    const body = new ReadableStream<Uint8Array>({ start: (controller) => void (this.controller = controller) });
    signal?.addEventListener('abort', () => this.fail());
    this.response = new Response(body, { headers: { 'Content-Type': 'text/event-stream' } });
  }

  send(type: string, data: unknown, id?: string): void {
    const head = id === undefined ? '' : `id: ${id}\n`;
    this.write(`${head}event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  write(text: string): void {
    this.controller?.enqueue(new TextEncoder().encode(text));
  }

  end(): void {
    this.controller?.close();
    this.controller = null;
  }

  private fail(): void {
    this.controller?.error(new DOMException('aborted', 'AbortError'));
    this.controller = null;
  }
}

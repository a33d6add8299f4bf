import { SseParser } from './sse';

/**
 * `connecting` for the first time; `live`; `reconnecting` after a cut; `unavailable` when the stream can't be had for
 * now (figures come by polling, attempts go on); `stopped`.
 */
export type StreamStatus = 'connecting' | 'live' | 'reconnecting' | 'unavailable' | 'stopped';

export interface StreamOptions {
  url: string;
  /** A token to send; null when nobody is signed in, which ends the stream. */
  token: () => Promise<string | null>;
  /** Renews a token that was refused; null ends the stream. */
  renew: (refused: string) => Promise<unknown>;
  onEvent: (type: string, data: unknown, id: string | null) => void;
  onStatus: (status: StreamStatus) => void;
  /** Where to resume; what an earlier stream of this page has seen. */
  lastEventId?: string | null;
  fetch?: typeof fetch;
  random?: () => number;
}

const firstDelayMs = 500;
const longestDelayMs = 30_000;
// A server without the stream, or in front of it a proxy that swallows it, is asked again at leisure.
const refusedDelayMs = 120_000;
// The server beats every 15 s; two beats missed are a dead connection, whatever TCP believes.
const silenceMs = 35_000;
// A connection that ended sooner than this counts as a failure, so that a server which drops at once isn't hammered.
const settledMs = 5_000;
const failuresUntilUnavailable = 3;
const rememberedEvents = 2_000;

type Outcome = { kind: 'cut' | 'refused' } | { kind: 'wait'; ms: number } | { kind: 'end' };

/**
 * Server-sent events by fetch, because EventSource can send no Authorization header. Resumes with Last-Event-ID, backs
 * off exponentially with jitter, notices dead connections, and hands on each `event_id` once however often it comes.
 */
export class LiveStream {
  private lastEventId: string | null;
  private status: StreamStatus = 'stopped';
  private failures = 0;
  private controller: AbortController | null = null;
  private wake: (() => void) | null = null;
  private running = false;
  private readonly seen = new Set<string>();

  constructor(private readonly options: StreamOptions) {
    this.lastEventId = options.lastEventId ?? null;
  }

  get position(): string | null {
    return this.lastEventId;
  }

  start(): void {
    if (this.running) return;
    this.running = true;
    this.setStatus('connecting');
    window.addEventListener('online', this.retryNow);
    document.addEventListener('visibilitychange', this.retryWhenVisible);
    void this.run();
  }

  stop(): void {
    if (!this.running) return;
    this.running = false;
    window.removeEventListener('online', this.retryNow);
    document.removeEventListener('visibilitychange', this.retryWhenVisible);
    this.controller?.abort();
    this.wake?.();
    this.setStatus('stopped');
  }

  /** Cuts a wait short: the network is back, or someone looks at the page again. */
  readonly retryNow = (): void => this.wake?.();

  private readonly retryWhenVisible = (): void => {
    if (document.visibilityState === 'visible') this.retryNow();
  };

  private setStatus(status: StreamStatus): void {
    if (status === this.status) return;
    this.status = status;
    this.options.onStatus(status);
  }

  private async run(): Promise<void> {
    while (this.running) {
      const outcome = await this.connect().catch((): Outcome => ({ kind: 'cut' }));
      // stop() can have come while the connection was up; the compiler can't see that.
      if (!(this.running as boolean)) return;
      if (outcome.kind === 'end') {
        this.stop();
        return;
      }
      await this.sleep(this.delayAfter(outcome));
    }
  }

  /** Counts the failure, tells the status, and says how long to wait. */
  private delayAfter(outcome: Outcome): number {
    this.failures += 1;
    if (outcome.kind === 'refused') {
      this.setStatus('unavailable');
      return refusedDelayMs;
    }
    this.setStatus(this.failures >= failuresUntilUnavailable ? 'unavailable' : 'reconnecting');
    const backoff = Math.min(longestDelayMs, firstDelayMs * 2 ** (this.failures - 1));
    // Half fixed, half random: pages that were cut together don't come back together.
    const jittered = backoff * (0.5 + 0.5 * (this.options.random ?? Math.random)());
    return outcome.kind === 'wait' ? Math.max(outcome.ms, jittered) : jittered;
  }

  private sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.wake = null;
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.wake = done;
    });
  }

  private async connect(): Promise<Outcome> {
    const token = await this.options.token();
    // stop() finds no connection to cut while the token is waited for.
    if (token === null || !this.running) return { kind: 'end' };
    const controller = new AbortController();
    this.controller = controller;
    let watchdog = setTimeout(() => controller.abort(), silenceMs);
    const heard = () => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => controller.abort(), silenceMs);
    };
    try {
      const response = await (this.options.fetch ?? fetch)(this.options.url, {
        headers: {
          Accept: 'text/event-stream',
          Authorization: `Bearer ${token}`,
          ...(this.lastEventId === null ? {} : { 'Last-Event-ID': this.lastEventId }),
        },
        cache: 'no-store',
        signal: controller.signal,
      });
      const refusal = await this.refusal(response, token);
      if (refusal) return refusal;
      heard();
      return await this.read(response.body, heard);
    } finally {
      clearTimeout(watchdog);
      // Frees the connection of an answer that wasn't read to its end.
      controller.abort();
    }
  }

  /** What a response that is no event stream means, null for one that is. */
  private async refusal(response: Response, token: string): Promise<Outcome | null> {
    if (response.ok) {
      const isStream = response.headers.get('Content-Type')?.startsWith('text/event-stream') ?? false;
      return isStream ? null : { kind: 'refused' };
    }
    if (response.status === 401) return (await this.options.renew(token)) ? { kind: 'cut' } : { kind: 'end' };
    if (response.status === 429 || response.status === 503) {
      const seconds = Number(response.headers.get('Retry-After'));
      return { kind: 'wait', ms: Number.isFinite(seconds) ? Math.min(seconds, 120) * 1000 : 0 };
    }
    return response.status >= 500 && response.status !== 501 ? { kind: 'cut' } : { kind: 'refused' };
  }

  private async read(body: ReadableStream<Uint8Array> | null, heard: () => void): Promise<Outcome> {
    if (!body) return { kind: 'refused' };
    const reader = body.getReader();
    const decoder = new TextDecoder();
    const parser = new SseParser();
    const opened = Date.now();
    for (;;) {
      const { done, value } = await reader.read();
      if (!this.running) return { kind: 'end' };
      if (done) return parser.retryMs === null ? { kind: 'cut' } : { kind: 'wait', ms: parser.retryMs };
      heard();
      for (const event of parser.push(decoder.decode(value, { stream: true }))) {
        this.setStatus('live');
        if (event.id !== null) this.lastEventId = event.id;
        this.deliver(event.type, event.data, event.id);
      }
      if (Date.now() - opened > settledMs) this.failures = 0;
    }
  }

  private deliver(type: string, text: string, id: string | null): void {
    let data: unknown;
    try {
      data = JSON.parse(text);
    } catch {
      // One unreadable event is no reason to lose the stream; the next overview holds the whole truth anyway.
      return;
    }
    const eventId = (data as { event_id?: unknown } | null)?.event_id;
    if (typeof eventId === 'string') {
      if (this.seen.has(eventId)) return;
      this.seen.add(eventId);
      if (this.seen.size > rememberedEvents) {
        const [oldest] = this.seen;
        if (oldest !== undefined) this.seen.delete(oldest);
      }
    }
    this.options.onEvent(type, data, id);
  }
}

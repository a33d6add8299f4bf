import type { QueryClient } from '@tanstack/react-query';
import { ApiError } from '../api/errors';
import { Listeners } from '../lib/listeners';

export interface Reads {
  /** When the last answer came; 0 before the first. */
  answeredAt: number;
  /** Whether something that is on the screen could not be read when it was last asked for. */
  failing: boolean;
}

/** What has become of the page's reads, gathered from all of them. */
export class ReadWatch {
  private current: Reads = { answeredAt: 0, failing: false };
  private readonly listeners = new Listeners();

  constructor(private readonly client: QueryClient) {}

  readonly get = (): Reads => this.current;

  readonly subscribe = (listener: () => void): (() => void) => {
    const leave = this.listeners.subscribe(listener);
    const forget = this.client.getQueryCache().subscribe(() => this.look());
    this.look();
    return () => {
      leave();
      forget();
    };
  };

  private look(): void {
    const shown = this.client.getQueryCache().getAll().filter((query) => query.isActive());
    const answeredAt = Math.max(0, ...shown.map((query) => query.state.dataUpdatedAt));
    const failing = shown.some(({ state }) => {
      const error: unknown = state.fetchFailureReason ?? state.error;
      // What is not there, or not for this reader, is no sign of trouble.
      return error !== null && !(error instanceof ApiError && (error.status === 404 || error.status === 403));
    });
    // To the second is enough, and spares a busy shop's page from being drawn for nothing.
    if (failing === this.current.failing && Math.abs(answeredAt - this.current.answeredAt) < 1_000) return;
    this.current = { answeredAt, failing };
    this.listeners.notify();
  }
}

import { isAxiosError } from 'axios';

/** An answer that says no, or no answer at all (`status` 0). */
export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly code: string,
    readonly details: readonly string[] = [],
    readonly requestId: string | null = null,
  ) {
    super(message);
    this.name = 'ApiError';
  }

  /** Whether asking again can help. */
  get temporary(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** Where a text was asked for, an error comes as the text of its JSON. */
function parsed(body: unknown): unknown {
  if (typeof body !== 'string') return body;
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (!isAxiosError(error)) {
    return new ApiError(error instanceof Error ? error.message : 'Something went wrong.', 0, 'unknown');
  }
  if (!error.response) return new ApiError('The shop’s server does not answer.', 0, 'unreachable');
  const { status } = error.response;
  const body = record(parsed(error.response.data));
  const details = Array.isArray(body['errors']) ? body['errors'].filter((e) => typeof e === 'string') : [];
  return new ApiError(
    text(body['message']) ?? `The shop’s server answered with status ${status}.`,
    status,
    text(body['code']) ?? 'unknown',
    details,
    text(body['request_id']),
  );
}

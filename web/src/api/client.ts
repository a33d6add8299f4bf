import axios, { type AxiosRequestConfig, type InternalAxiosRequestConfig } from 'axios';
import { session } from '../session/session';
import { toApiError } from './errors';

const http = axios.create({ baseURL: '/api', timeout: 20_000 });

type Sent = InternalAxiosRequestConfig & { sentToken?: string; repeated?: boolean };

http.interceptors.request.use(async (config: Sent) => {
  const token = await session.token();
  if (token !== null) {
    config.headers.set('Authorization', `Bearer ${token}`);
    config.sentToken = token;
  }
  return config;
});

http.interceptors.response.use(undefined, async (error: unknown) => {
  if (axios.isAxiosError(error) && error.response?.status === 401) {
    const sent = error.config as Sent | undefined;
    // The server may end a token before its time (a changed role, a new key); once is enough to find out.
    if (sent?.sentToken !== undefined && !sent.repeated && (await session.renew(sent.sentToken))) {
      sent.repeated = true;
      return http.request(sent);
    }
  }
  throw error;
});

/** The `data` of a successful answer. Anything else is an ApiError; an aborted request keeps its own error. */
async function data<T>(config: AxiosRequestConfig): Promise<T> {
  return (await answer<{ data: T }>(config)).data;
}

async function answer<T>(config: AxiosRequestConfig): Promise<T> {
  try {
    return (await http.request<T>(config)).data;
  } catch (error) {
    if (axios.isCancel(error)) throw error;
    throw toApiError(error);
  }
}

export const get = <T>(url: string, config: AxiosRequestConfig = {}): Promise<T> => data<T>({ ...config, url });

/** A question that is too long for an address, or a change. */
export const send = <T>(
  method: 'POST' | 'PUT' | 'DELETE',
  url: string,
  body?: unknown,
  config: AxiosRequestConfig = {},
): Promise<T> => data<T>({ ...config, method, url, ...(body === undefined ? {} : { data: body }) });

/** A document as the server writes it, to be kept and not to be read here. */
export const getDocument = (url: string): Promise<string> => answer<string>({ url, responseType: 'text', timeout: 120_000 });

export interface TableRequest {
  path: string;
  params?: Readonly<Record<string, string>>;
  /** Of a table that is asked for by POST. */
  body?: unknown;
}

/** The table behind an answer as CSV, as the server writes it. */
export const getCsv = ({ path, params, body }: TableRequest): Promise<string> =>
  answer<string>({
    url: path,
    params: { ...params, format: 'csv' },
    responseType: 'text',
    ...(body === undefined ? {} : { method: 'POST', data: body }),
  });

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
export async function get<T>(path: string, config: AxiosRequestConfig = {}): Promise<T> {
  try {
    const answer = await http.get<{ data: T }>(path, config);
    return answer.data.data;
  } catch (error) {
    if (axios.isCancel(error)) throw error;
    throw toApiError(error);
  }
}

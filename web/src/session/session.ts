import axios from 'axios';
import { ApiError, toApiError } from '../api/errors';
import type { SessionData, User } from '../api/types';
import { Listeners } from '../lib/listeners';
import { storage } from '../lib/storage';

export interface Session {
  token: string;
  refreshToken: string;
  /** When the access token ends, in milliseconds of this machine's clock. */
  expiresAt: number;
  user: User;
}

export type NewOwner = Record<'email' | 'password' | 'first_name' | 'last_name', string>;

/** Why nobody is signed in; the sign-in page explains it. */
export type SignedOutReason = 'none' | 'signed_out' | 'expired' | 'bad_link';

const key = 'cloudcart.session';
// Renewed this long before its end, so that no request is sent with a token that ends on the way.
const marginMs = 60_000;

function parse(text: string | null): Session | null {
  if (text === null) return null;
  try {
    const value = JSON.parse(text) as Partial<Session>;
    return value.token && value.refreshToken && value.expiresAt && value.user ? (value as Session) : null;
  } catch {
    return null;
  }
}

/**
 * One page at a time may renew: refresh tokens are rotated, and a second use of the same one ends the session for
 * every tab. Where the browser has no locks (pages that are not served securely), a short lease in the storage does.
 */
async function exclusively<T>(work: () => Promise<T>): Promise<T> {
  const locks = (navigator as Partial<Pick<Navigator, 'locks'>>).locks;
  if (locks) return (await locks.request(key, work)) as T;
  const lease = `${key}.lease`;
  const mine = `${Math.random()}`;
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  for (;;) {
    const [holder, until] = (storage.read(lease) ?? '').split(' ');
    if (!holder || Number(until) < Date.now()) {
      storage.write(lease, `${mine} ${Date.now() + 15_000}`);
      // Another tab may have written at the same moment: the last one to write holds it.
      await pause(20);
      const [winner] = (storage.read(lease) ?? mine).split(' ');
      if (winner === mine) break;
    }
    await pause(50);
  }
  try {
    return await work();
  } finally {
    storage.write(lease, null);
  }
}

/** Who is signed in, in every tab of this browser; renews the access token and never the same refresh token twice. */
export class SessionStore {
  private current: Session | null = parse(storage.read(key));
  private reason: SignedOutReason = 'none';
  private renewal: Promise<Session | null> | null = null;
  private readonly listeners = new Listeners();
  private readonly http = axios.create({ baseURL: '/api/users', timeout: 15_000 });

  constructor() {
    window.addEventListener('storage', (event) => {
      // Without a key everything was taken away.
      if (event.key !== key && event.key !== null) return;
      const next = parse(event.newValue);
      if (!next && this.current) this.reason = 'signed_out';
      this.current = next;
      this.listeners.notify();
    });
  }

  readonly subscribe = this.listeners.subscribe;
  readonly get = (): Session | null => this.current;
  readonly signedOutReason = (): SignedOutReason => this.reason;

  async signIn(email: string, password: string): Promise<void> {
    this.adopt(await this.post('login', { email, password }));
  }

  /**
   * Exchanges the one-use code of a sign-in link. When the code no longer counts, who was signed in stays so: a link
   * that is opened a second time must not sign its own user out.
   */
  async signInWithCode(code: string): Promise<void> {
    try {
      this.adopt(await this.post('login/code', { code }));
    } catch (error) {
      if (!(error instanceof ApiError) || error.temporary) throw error;
      if (!this.current) this.end('bad_link');
    }
  }

  /** Makes the first admin of the shop, by the token that its first start printed, and signs in as that. */
  async setUp(token: string, owner: NewOwner): Promise<void> {
    this.adopt(await this.post('setup', { token, ...owner }));
  }

  /** Every session of the account ends, in other tabs and on other machines; this one goes on as a new one. */
  async changePassword(current: string, next: string): Promise<void> {
    const token = await this.token();
    const data = await this.post(
      'password',
      { current_password: current, new_password: next },
      token === null ? {} : { Authorization: `Bearer ${token}` },
    );
    this.adopt(data);
  }

  /** Signs out here at once and tells the server, whose answer no one needs to wait for. */
  async signOut(): Promise<void> {
    const token = this.current?.token;
    this.end('signed_out');
    if (token === undefined) return;
    await this.http
      .post('logout', {}, { headers: { Authorization: `Bearer ${token}` } })
      .catch(() => undefined);
  }

  /** A token to send now, renewed when it is about to end; null when nobody is signed in. */
  async token(): Promise<string | null> {
    if (!this.current) return null;
    if (this.current.expiresAt - marginMs > Date.now()) return this.current.token;
    return (await this.renew(this.current.token))?.token ?? null;
  }

  /**
   * A session other than the one of `refused`, which the server did not accept; null when there is none to be had.
   * Throws when the server can't be asked: that ends no session.
   */
  renew(refused: string): Promise<Session | null> {
    if (this.current && this.current.token !== refused) return Promise.resolve(this.current);
    this.renewal ??= exclusively(() => this.exchange(refused)).finally(() => {
      this.renewal = null;
    });
    return this.renewal;
  }

  private async exchange(refused: string): Promise<Session | null> {
    if (!this.current) return null;
    // While this tab waited for its turn, another one may have renewed already.
    const stored = parse(storage.read(key));
    if (stored && stored.token !== refused) {
      this.current = stored;
      this.listeners.notify();
      return stored;
    }
    const { refreshToken } = this.current;
    // Signed out while the answer was on its way, or someone else signed in: then it changes nothing.
    const isStillTheirs = () => this.get()?.refreshToken === refreshToken;
    try {
      const data = await this.post('refresh', { refresh_token: refreshToken });
      return isStillTheirs() ? this.adopt(data) : null;
    } catch (error) {
      if (!isStillTheirs()) return null;
      if (error instanceof ApiError && !error.temporary) {
        this.end('expired');
        return null;
      }
      throw error;
    }
  }

  private async post(
    path: string,
    body: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<SessionData> {
    try {
      const answer = await this.http.post<{ data: SessionData }>(path, body, { headers });
      return answer.data.data;
    } catch (error) {
      throw toApiError(error);
    }
  }

  private adopt(data: SessionData): Session {
    this.current = {
      token: data.token,
      refreshToken: data.refresh_token,
      expiresAt: Date.now() + data.expires_in * 1000,
      user: data.user,
    };
    this.reason = 'none';
    storage.write(key, JSON.stringify(this.current));
    this.listeners.notify();
    return this.current;
  }

  private end(reason: SignedOutReason): void {
    this.current = null;
    this.reason = reason;
    storage.write(key, null);
    this.listeners.notify();
  }
}

export const session = new SessionStore();

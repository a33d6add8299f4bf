import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const binary = process.env.CLOUDCART_BIN ?? join(root, 'build/dev/src/app/cloudcart');

export const admin = { email: 'ada@shop.test', password: 'a long enough secret' };

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function run(args, input = '') {
  const child = spawn(binary, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  child.stdout.on('data', (chunk) => (said += chunk));
  child.stderr.on('data', (chunk) => (said += chunk));
  child.stdin.end(input);
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`cloudcart ${args.join(' ')} ended with ${code}:\n${said}`);
  return said;
}

/**
 * The real program on a data folder of its own, with an administrator and free ports. Its shop is an invented one, or that of
 * `history`, a file that `cloudcart import` reads.
 */
export class Platform {
  #child = null;
  #folder = '';
  #said = '';
  #port = 0;

  static async start({ history = null } = {}) {
    if (!existsSync(binary)) throw new Error(`There is no ${binary}: build it first, or name it in CLOUDCART_BIN.`);
    const platform = new Platform();
    platform.#folder = await mkdtemp(join(tmpdir(), 'cloudcart-e2e-'));
    const size = { '--products': 40, '--customers': 120, '--orders': 1500, '--days': 75, '--seed': 7 };
    if (history) await run(['import', history, '--data-dir', platform.#data, '--shop-currency', 'GBP', '--shop-time-zone', 'Europe/London']);
    else await run(['demo', '--data-dir', platform.#data, ...Object.entries(size).flat().map(String)]);
    await platform.addUser(admin, 'admin');
    await platform.up();
    return platform;
  }

  /** While it is down. */
  addUser({ email, password }, role) {
    return run(['user', 'add', '--data-dir', this.#data, '--email', email, '--role', role], `${password}\n`);
  }

  /** Adds all figures up again in a currency of which the shop has no orders, while it is down: every order is a dead letter then. */
  losesItsFigures() {
    return run(['analytics', 'rebuild', '--data-dir', this.#data, '--shop-currency', 'CHF']);
  }

  get #data() {
    return join(this.#folder, 'data');
  }

  /** Where the dashboard and the API are; the same after a restart. */
  get url() {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** The link that the last start printed, for the administrator; good for one sign-in. */
  get link() {
    const found = /https?:\/\/\S+\/#code=\S+/.exec(this.#said);
    if (!found) throw new Error(`No sign-in link was printed:\n${this.#said}`);
    return found[0];
  }

  async up() {
    const addresses = join(this.#folder, 'addresses.json');
    await rm(addresses, { force: true });
    this.#said = '';
    const ports = ['user', 'product', 'order', 'analytics', 'gateway'].flatMap((name) => [`--port-${name}`, '0']);
    const wanted = ['--port-dashboard', String(this.#port), '--addresses', addresses, '--sign-in-link', admin.email];
    const args = ['serve', '--data-dir', this.#data, ...ports, ...wanted];
    const child = spawn(binary, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    child.stdout.on('data', (chunk) => (this.#said += chunk));
    child.stderr.on('data', (chunk) => (this.#said += chunk));
    for (let waited = 0; !existsSync(addresses); waited += 50) {
      if (child.exitCode !== null || waited > 30_000) throw new Error(`The platform did not start:\n${this.#said}`);
      await pause(50);
    }
    const { dashboard } = JSON.parse(await readFile(addresses, 'utf8'));
    this.#port = Number(new URL(dashboard).port);
  }

  async down() {
    const child = this.#child;
    if (!child || child.exitCode !== null) return;
    child.kill('SIGTERM');
    const overdue = setTimeout(() => child.kill('SIGKILL'), 15_000);
    await once(child, 'close');
    clearTimeout(overdue);
  }

  async remove() {
    await this.down();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** The API as a program would use it, signed in as the administrator. */
export class Client {
  #url;
  #token = '';
  user = null;

  static async signIn(url) {
    const client = new Client();
    client.#url = url;
    const { user, token } = await client.send('POST', '/api/users/login', admin);
    client.user = user;
    client.#token = token;
    return client;
  }

  async send(method, path, body) {
    const response = await fetch(this.#url + path, {
      method,
      headers: { 'Content-Type': 'application/json', ...(this.#token && { Authorization: `Bearer ${this.#token}` }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
    return answer.data;
  }

  async createProduct(name, price) {
    const body = { name, price, description: 'Made for a journey.', category_name: 'Journeys', inventory_count: 1000 };
    return (await this.send('POST', '/api/products', body)).product;
  }

  async placeOrder(product, quantity) {
    const items = [{ product_id: product.id, quantity }];
    return (await this.send('POST', '/api/orders', { user_id: this.user.id, items, shipping_address: '1 Journey Road, Testville' })).order;
  }
}

// What the dashboard is like in a real browser: how soon it can be used, and how soon an order is seen. One JSON object
// comes in (address, session, token, user, products, loads, orders, every_ms), one goes out.
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';

const require = createRequire(new URL('../../tests/e2e/package.json', import.meta.url));
const { chromium } = require('playwright-core');

const quietMs = 500;
const desktop = { width: 1440, height: 900 };

async function input() {
  let text = '';
  for await (const chunk of process.stdin) text += chunk;
  return JSON.parse(text);
}

async function newPage(browser, { session }) {
  const context = await browser.newContext({ viewport: desktop, locale: 'en-GB' });
  await context.addInitScript((stored) => localStorage.setItem('cloudcart.session', stored), JSON.stringify(session));
  // Tasks that hold the page up, from the very beginning.
  await context.addInitScript(() => {
    window.longTasks = [];
    new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries()) window.longTasks.push([startTime, startTime + duration]);
    }).observe({ type: 'longtask', buffered: true });
  });
  return context.newPage();
}

/** The gzipped size of each script that the page had asked for, as the server sends it. */
async function scriptSizes(page, names) {
  const sizes = {};
  for (const name of names) {
    const answer = await fetch(name, { headers: { 'Accept-Encoding': 'identity' } });
    sizes[new URL(name).pathname] = gzipSync(Buffer.from(await answer.arrayBuffer()), { level: 9 }).length;
  }
  return sizes;
}

/** The scripts that the page itself names; what those fetch later is not among them. */
async function namedByThePage(address) {
  const html = await (await fetch(address)).text();
  const tags = html.match(/<script[^>]*\bsrc="[^"]+"|<link[^>]*rel="modulepreload"[^>]*href="[^"]+"/g) ?? [];
  return tags.map((tag) => new URL(/(?:src|href)="([^"]+)"$/.exec(tag)[1], address).href);
}

/**
 * One visit with nothing cached. Interactive, in the manner of Lighthouse: the figures are on the screen and no task of 50 ms or
 * more followed for half a second; the moment is the end of the last such task, or that of the figures.
 */
async function load(browser, task) {
  const page = await newPage(browser, task);
  await page.goto(task.address, { waitUntil: 'commit' });
  const figures = await page.evaluate(
    () =>
      new Promise((resolve) => {
        const look = () => (document.querySelector('main p.figure') ? resolve(performance.now()) : requestAnimationFrame(look));
        look();
      }),
  );
  const drawn = await page.evaluate(
    () =>
      new Promise((resolve) => {
        const look = () => (document.querySelector('main .recharts-surface path') ? resolve(performance.now()) : requestAnimationFrame(look));
        look();
      }),
  );
  const interactive = await page.evaluate(
    ([shown, quiet]) =>
      new Promise((resolve) => {
        const look = () => {
          const last = Math.max(shown, ...window.longTasks.map(([, end]) => end));
          if (performance.now() - last < quiet) setTimeout(look, 50);
          else resolve(last);
        };
        look();
      }),
    [figures, quietMs],
  );
  const painted = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null);
  const blocked = await page.evaluate(() => window.longTasks.reduce((sum, [start, end]) => sum + Math.max(0, end - start - 50), 0));
  const initial = await namedByThePage(task.address);
  const all = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => /\.js($|\?)/.test(name)));
  const sizes = await scriptSizes(page, [...new Set([...initial, ...all])]);
  const first = initial.reduce((sum, name) => sum + sizes[new URL(name).pathname], 0);
  await page.context().close();
  return { painted, figures, drawn, interactive, blocked, first_bytes: first, all_bytes: Object.values(sizes).reduce((sum, size) => sum + size, 0), sizes };
}

/**
 * Orders by the API beside an open page. An order counts as seen in the frame after the one in which its id got into the page: by then
 * its row is painted. One clock: the browser's `Date.now()` is that of the machine, as ours is.
 */
async function orders(browser, task) {
  const page = await newPage(browser, task);
  await page.goto(task.address);
  await page.getByRole('status').filter({ hasText: /^Live/ }).waitFor();
  await page.evaluate(() => {
    window.seen = {};
    const note = (id) => requestAnimationFrame(() => setTimeout(() => (window.seen[id] ??= performance.timeOrigin + performance.now())));
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes) {
        for (const node of addedNodes) {
          if (!(node instanceof HTMLElement)) continue;
          for (const each of [node, ...node.querySelectorAll('[title]')]) if (each.title.length === 36) note(each.title);
        }
      }
    }).observe(document.body, { childList: true, subtree: true });
  });
  const placed = [];
  for (let number = 0; number < task.orders; number += 1) {
    const items = [{ product_id: task.products[number % task.products.length], quantity: 1 }];
    const sent = performance.timeOrigin + performance.now();
    const answer = await fetch(`${task.address}/api/orders`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${task.token}` },
      body: JSON.stringify({ user_id: task.user, items, shipping_address: '12 St James Square, London SW1Y 4JH' }),
    });
    const body = await answer.json();
    if (answer.status !== 201) throw new Error(`an order was answered ${answer.status}: ${JSON.stringify(body)}`);
    const answered = performance.timeOrigin + performance.now();
    placed.push({ id: body.data.order.id, sent, answered });
    const pause = task.every_ms * (0.5 + Math.random());
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  const last = placed.at(-1).id;
  await page.waitForFunction((id) => window.seen[id] !== undefined, last, { timeout: 10_000 });
  const seen = await page.evaluate(() => window.seen);
  const rows = await page.getByRole('region', { name: 'Latest orders' }).locator('[title]').evaluateAll((all) => all.map((each) => each.title));
  await page.context().close();
  return { orders: placed.map((order) => ({ ...order, seen: seen[order.id] ?? null })), rows: rows.filter((title) => title.length === 36) };
}

const task = await input();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
});
try {
  const loads = [];
  for (let number = 0; number < task.loads; number += 1) loads.push(await load(browser, task));
  const seen = await orders(browser, task);
  process.stdout.write(JSON.stringify({ loads, ...seen, browser: browser.version() }));
} finally {
  await browser.close();
}

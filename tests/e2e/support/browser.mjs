import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const pictures = fileURLToPath(new URL('../../../build/e2e/', import.meta.url));
const axeFile = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

export const desktop = { width: 1440, height: 900 };
export const phone = { width: 390, height: 844 };
export const narrow = { width: 320, height: 640 };

export function launch() {
  mkdirSync(pictures, { recursive: true });
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** A visitor with nothing remembered. `troubles` gathers what the page complained of: faults, refused content, console errors. */
export async function visit(browser, { viewport = desktop, theme = 'dark', reducedMotion = 'reduce' } = {}) {
  const context = await browser.newContext({ viewport, reducedMotion, locale: 'en-GB' });
  await context.addInitScript((choice) => localStorage.getItem('cloudcart.theme') ?? localStorage.setItem('cloudcart.theme', choice), theme);
  const page = await context.newPage();
  const troubles = [];
  page.on('pageerror', (error) => troubles.push(`fault: ${error.message}`));
  page.on('console', (message) => message.type() === 'error' && troubles.push(message.text()));
  // The page must be complete by itself: nothing of it may come from elsewhere.
  page.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (protocol.startsWith('http') && hostname !== '127.0.0.1') troubles.push(`asked elsewhere: ${request.url()}`);
  });
  return { page, troubles, leave: () => context.close() };
}

export async function signIn(page, url, { email, password }) {
  await page.goto(url);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
}

/** Waits until the figures are there and the stream is up. */
export async function settled(page) {
  await page.getByRole('status').filter({ hasText: /^Live/ }).waitFor();
  await page.waitForFunction(() => document.querySelector('.skeleton, [aria-busy="true"]') === null);
}

export const card = (page, name) => page.getByRole('region', { name, exact: true });

/** The number that a card shows large. */
export async function figure(page, name) {
  const large = card(page, name).locator('p.figure').first();
  // An amount of money stands there twice: once to be read out, once with small cents to be looked at.
  const spoken = large.locator('.sr-only');
  const text = await ((await spoken.count()) > 0 ? spoken : large).innerText();
  const number = Number(text.replace(/[^\d.-]/g, ''));
  if (text === '' || Number.isNaN(number)) throw new Error(`${name} shows no number but "${text}"`);
  return number;
}

/** The width that sticks out of the window. */
export const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** axe leaves text on gradients undecided: here each surface is as bright, or as dark, as it gets at its worst spot. */
const flat = {
  dark: { page: '#151b45', card: '#1c2240' },
  light: { page: '#d3daf9', card: '#f3f5fd' },
};

export async function axeFindings(page, theme) {
  const surface = flat[theme];
  const rules = `html{background:${surface.page}!important}body::before{display:none!important}header{background:none!important;backdrop-filter:none!important}.card{background:${surface.card}!important}`;
  // The pages' policy allows no styles in the page; a sheet that is made by a script is none.
  const sheet = await page.evaluateHandle((text) => {
    const made = new CSSStyleSheet();
    made.replaceSync(text);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, made];
    return made;
  }, rules);
  await page.evaluate(await readFile(axeFile, 'utf8'));
  const findings = await page.evaluate(async () => {
    const { violations } = await window.axe.run();
    return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 200)} ${node.failureSummary ?? ''}`));
  });
  await sheet.evaluate((made) => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((each) => each !== made);
  });
  return findings;
}

export const picture = (page, name) => page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });

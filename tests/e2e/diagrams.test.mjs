import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { launch } from './support/browser.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const mermaidFile = createRequire(import.meta.url).resolve('mermaid/dist/mermaid.min.js');

function* diagrams() {
  const documents = execFileSync('git', ['ls-files', '-z', '*.md'], { cwd: root, encoding: 'utf8' }).split('\0').filter(Boolean);
  for (const document of documents) {
    const text = readFileSync(root + document, 'utf8');
    for (const block of text.matchAll(/^```mermaid\n(.*?)^```$/gms)) {
      yield { place: `${document}:${text.slice(0, block.index).split('\n').length}`, source: block[1] };
    }
  }
}

let browser;
let page;
before(async () => {
  browser = await launch();
  page = await browser.newPage();
  await page.setContent('<!doctype html><title>diagrams</title>');
  await page.addScriptTag({ path: mermaidFile });
});
after(() => browser?.close());

test('every diagram of the documents is drawn by Mermaid, as their readers see it', async () => {
  const all = [...diagrams()];
  assert.ok(all.length > 0, 'no document has a diagram: are they still found?');
  const failures = await page.evaluate(async (blocks) => {
    const found = [];
    mermaid.initialize({ startOnLoad: false });
    for (const [number, { place, source }] of blocks.entries()) {
      try {
        const { svg } = await mermaid.render(`diagram-${number}`, source);
        if (!svg.includes('<svg')) found.push(`${place}: nothing was drawn`);
      } catch (error) {
        found.push(`${place}: ${error.message}`);
      }
    }
    return found;
  }, all);
  assert.deepEqual(failures, []);
});

import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

/*
 * No figure on a page may come from its source. This reads what the source would show (text between tags, strings that are
 * no class names or addresses) and looks for figures and for words that tell of a trend.
 */

const root = join(process.cwd(), 'src');

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'test' ? [] : sources(path);
    return /\.tsx?$/.test(entry.name) && !/\.test\.tsx?$|\.d\.ts$/.test(entry.name) ? [path] : [];
  });
}

// Attributes whose values are read by the browser and not by people.
const technical = /^(className|d|viewBox|href|id|key|rx|ry|x\d?|y\d?|cx|cy|r|points|stroke\w*|fill\w*|offset|stop\w+|width|height|margin|style|type|path|name|dataKey|aria-keyshortcuts|transform)$/;

interface Finding {
  place: string;
  text: string;
  /** It stands in markup, and not in what code hands to code. */
  inMarkup: boolean;
}

/** The texts of a file that a reader of the page could see. */
function textsOf(path: string, code = readFileSync(path, 'utf8')): Finding[] {
  const file = ts.createSourceFile(path, code, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const found: Finding[] = [];
  const note = (node: ts.Node, text: string) => {
    const { line } = file.getLineAndCharacterOfPosition(node.getStart());
    const trimmed = text.replaceAll(/\s+/g, ' ').trim();
    const inMarkup = ts.findAncestor(node, (above) => ts.isJsxElement(above) || ts.isJsxSelfClosingElement(above)) !== undefined;
    if (trimmed !== '') found.push({ place: `${relative(root, path)}:${line + 1}`, text: trimmed, inMarkup });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isTypeNode(node)) return;
    if (ts.isJsxAttribute(node) && technical.test(node.name.getText())) return;
    if (ts.isJsxText(node)) note(node, node.text);
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) note(node, node.text);
    if (ts.isTemplateExpression(node)) for (const part of [node.head, ...node.templateSpans.map(({ literal }) => literal)]) note(node, part.text);
    // A bare number between tags.
    if (ts.isJsxExpression(node) && node.expression && ts.isNumericLiteral(node.expression) && ts.isJsxElement(node.parent)) note(node, node.expression.text);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

const figure = /[£$€¥]\s?\d|\d\s?%|\d[\d,]*\.\d|[+−-]\d|(?:^|\s)\d{2,}(?:[.,]\d+)?(?=\s|$)|\d{1,3},\d{3}/;
// "8% more than last month", "vs last week", "trending up": what only a comparison that was asked for may say.
const trend = /\b(vs\.?|versus|than|since|over|from)\s+(the\s+)?(last|previous|past|prior)\s+(hour|day|week|month|quarter|year|period)|\btrending (up|down)\b|\b(grew|dropped|increased|decreased|rose|fell|up|down)\s+(by\s+)?\d/i;

// Texts with a number that is no figure of the shop, each with its reason.
const allowed: readonly [RegExp, string][] = [
  [/^Last \d+ (days|months)$|^\d+ (days|months)$/, 'names a range that can be chosen'],
  [/^(80|95) of 100 times( between)?$/, 'what an interval of a forecast means by its definition'],
  [/^under 0\.1%$/, 'what rounding would show as nothing'],
  [/^Live figures can’t be had at the moment; the page asks every 30 seconds\.$|^Every 30 s$/, 'how often the page asks'],
];

// Strings by which code talks to code: classes, colours, addresses, the paths of pictures.
const machine = /var\(--|(^|[\s:])-?(text|bg|p|px|py|pt|pl|pr|pb|m|mt|mb|ml|mr|mx|my|grid|flex|rounded|max|min|size|w|h|gap|space|top|left|right|bottom|inset|z|opacity|leading|border|col|line|tracking)-|^[MmLlHhVvCcSsQqTtAaZz0-9.,\s-]*[a-z][MmLlHhVvCcSsQqTtAaZz0-9.,\s-]*$/;
const isProse = (text: string) => /[A-Z][a-z]|[a-z]{3,} [a-z]{2,}|[£$€¥%]/.test(text);

function offences(texts: readonly Finding[]): string[] {
  return texts
    .filter(({ text }) => !machine.test(text))
    .filter(({ text, inMarkup }) => trend.test(text) || (figure.test(text) && (inMarkup || isProse(text))))
    .filter(({ text }) => !allowed.some(([pattern]) => pattern.test(text)))
    .map(({ place, text }) => `${place}: ${text}`);
}

describe('figures in the source', () => {
  test('there are none, and no words of a trend', () => {
    const files = sources(root);
    expect(files.length).toBeGreaterThan(50);
    expect(files.flatMap((path) => offences(textsOf(path)))).toEqual([]);
  });

  test.each([
    ['<p>£12,345</p>', '£12,345'],
    ['<p>Revenue is up 12% this month</p>', 'Revenue is up 12% this month'],
    ['<p>{1284}</p>', '1284'],
    ['<Stat value="$4,200.50" />', '$4,200.50'],
    ['<p>Better than last month</p>', 'Better than last month'],
    ['<p>{`${count} orders, +8% vs last week`}</p>', 'orders, +8% vs last week'],
    ['<p>98.5</p>', '98.5'],
  ])('finds %s', (code, text) => {
    expect(offences(textsOf('planted.tsx', `const a = ${code};`))).toEqual([expect.stringContaining(text)]);
  });

  test.each(['<p className="mt-1.5 text-[0.8125rem]">Net revenue</p>', '<p>{money(12.5, currency)}</p>', '<p>vs {period}</p>'])('lets %s be', (code) => {
    expect(offences(textsOf('planted.tsx', `const a = ${code};`))).toEqual([]);
  });
});

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { card } from './browser.mjs';

/** The rows of a CSV (RFC 4180) as objects by the names of its head. */
export function parseCsv(text) {
  const lines = [[]];
  // A field in quotes, where two of them stand for one, or a plain one; then what ends it.
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g)) {
    lines.at(-1).push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === '\r\n') lines.push([]);
    if (end === '') break;
  }
  assert.deepEqual(lines.pop(), [''], 'the last line is ended as well');
  const [head, ...rows] = lines;
  for (const row of rows) assert.equal(row.length, head.length, `as many fields as names: ${row.join()}`);
  return rows.map((row) => Object.fromEntries(head.map((name, index) => [name, row[index]])));
}

/** What the CSV button of a card saves, as the browser's downloads have it. */
export async function savedBy(page, name) {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    card(page, name).getByRole('button', { name: 'CSV' }).click(),
  ]);
  assert.match(download.suggestedFilename(), /^[\w.-]+\.csv$/);
  return parseCsv(await readFile(await download.path(), 'utf8'));
}

/** The head and the rows of a table as they can be read; the last row only if it is no total. */
export async function readTable(table) {
  const texts = (row) => [...row.cells].map((cell) => cell.innerText.trim());
  return table.evaluate((element, source) => {
    const read = new Function(`return ${source}`)();
    return { head: read(element.tHead.rows[0]), rows: [...element.tBodies[0].rows].map(read), foot: element.tFoot && read(element.tFoot.rows[0]) };
  }, texts.toString());
}

/** A figure as it is shown: "-£1,234.50", "+12.5%", "3 days ago"; null for a dash. */
export const numberIn = (text) => (text === '–' ? null : Number(text.replace('−', '-').replaceAll(/[^\d.-]/g, '')));

/** That a cell shows a field of the CSV: a dash where that is empty, else the same number, as far as the cell shows its digits. */
export function assertShows(cell, field, digits, about) {
  if (field === '') return assert.equal(cell, '–', about);
  const shown = numberIn(cell);
  assert.ok(shown !== null && Math.abs(shown - Number(field)) <= 0.5 * 10 ** -digits + 1e-9, `${about}: “${cell}” on the screen, ${field} in the CSV`);
}

/** That every cell of a table shows the field of its row; columns are [head, field, digits], and all but the first are given. */
export function assertTableShows({ head, rows }, saved, columns) {
  assert.deepEqual(head.slice(1), columns.map(([title]) => title));
  assert.equal(rows.length, saved.length, 'as many rows on the screen as in the CSV');
  assert.ok(rows.length > 0, 'there is something to compare');
  rows.forEach((cells, row) =>
    columns.forEach(([title, field, digits], column) => {
      assert.ok(field in saved[row], `the CSV has ${field}`);
      assertShows(cells[column + 1], saved[row][field], digits, `${cells[0]}, ${title}`);
    }),
  );
}

/** Days, weeks, months and hours as they are named on the page, by the reader's own kind of English. */
export const namesOf = (page, bucket, values) =>
  page.evaluate(
    ([cut, all]) => {
      const format = (options, date) => new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', ...options }).format(new Date(`${date}T00:00:00Z`));
      const day = (date) => format({ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' }, date);
      const name = {
        hour: (value) => `${day(value.slice(0, 10))}, ${value.slice(11, 16)}`,
        day,
        week: (value) => `Week of ${day(value)}`,
        month: (value) => format({ month: 'long', year: 'numeric' }, `${value}-01`),
      }[cut];
      return all.map(name);
    },
    [bucket, values],
  );

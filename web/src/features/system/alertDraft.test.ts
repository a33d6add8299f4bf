import { expect, test } from 'vitest';
import { bodyOf, freshAlert } from './alertDraft';

const figureOf = (value: string) => (bodyOf({ ...freshAlert, value }, null).condition as { value: unknown }).value;

// Metrics that are counted take numbers alone; amounts keep what was typed, and the API says what is wrong with it.
test.each([
  ['5', 5],
  [' 120 ', 120],
  ['-3', -3],
  ['49.90', '49.90'],
  ['many', 'many'],
  ['', ''],
])('the bound %j is sent as %j', (typed, sent) => expect(figureOf(typed)).toBe(sent));

test('a sudden change has its own figures, and neither clear_percent nor a webhook where none is typed', () => {
  const body = bodyOf({ ...freshAlert, type: 'sudden_change', direction: 'down', percent: '33.5', minimum: '10' }, 4);
  expect(body.condition).toEqual({ type: 'sudden_change', direction: 'down', percent: '33.5', baseline: 'week_earlier', minimum_baseline: 10 });
  expect(body).toMatchObject({ webhook: null, version: 4 });
});

test('a secret goes with the webhook that it signs, and nowhere else', () => {
  expect(bodyOf({ ...freshAlert, webhook: ' https://hooks.test/x ', secret: 'sixteen letters.' }, null).webhook).toEqual({ url: 'https://hooks.test/x', secret: 'sixteen letters.' });
  expect(bodyOf({ ...freshAlert, secret: 'sixteen letters.' }, null).webhook).toBeNull();
});

test('a filter has a value a line; orders without a customer belong to filters of customers only', () => {
  const filter = { key: 0, exclude: true, lines: ' Lamps \n\nDesks & Chairs\n', nobody: true };
  const filters = [{ ...filter, dimension: 'category' as const }, { ...filter, key: 1, dimension: 'customer' as const }];
  expect(bodyOf({ ...freshAlert, filters }, null).filters).toEqual([
    { dimension: 'category', exclude: true, values: ['Lamps', 'Desks & Chairs'] },
    { dimension: 'customer', exclude: true, values: ['Lamps', 'Desks & Chairs', null] },
  ]);
});

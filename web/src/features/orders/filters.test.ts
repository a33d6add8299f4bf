import { describe, expect, test } from 'vitest';
import { noFilters, orderParams, readFilters, searchProblem, writeFilters, type Filters } from './filters';

const customer = '01932c07-8f1a-7c3e-9b55-0a4c1d2e3f40';
const read = (text: string) => readFilters(new URLSearchParams(text));
const written = (filters: Filters) =>
  new URLSearchParams(Object.entries(writeFilters(filters)).filter((entry): entry is [string, string] => entry[1] !== null)).toString();

test.each<[string, Partial<Filters>]>([
  ['', {}],
  ['page=3', { page: 3 }],
  ['status=pending%2Cshipped', { statuses: ['pending', 'shipped'] }],
  [`customer=${customer}`, { customer }],
  ['since=2026-11-01', { since: '2026-11-01' }],
  ['since=2026-11-01&until=2026-11-05', { since: '2026-11-01', until: '2026-11-05' }],
  ['q=e5f60718', { search: 'e5f60718' }],
])('the address %j and its filters are the same thing', (text, change) => {
  const filters = { ...noFilters, ...change };
  expect(read(text)).toEqual(filters);
  expect(written(filters)).toBe(text);
});

test.each(['status=lost', 'customer=ada', 'since=2026-02-30', 'until=soon', 'page=0', 'page=1.5', 'page=x'])(
  'what makes no sense (%s) is no filter',
  (text) => expect(read(text)).toEqual(noFilters),
);

describe('a search', () => {
  test.each(['', '…e527316b', '013422df-80c0', ' 013422DF ', customer])('%j can be asked for', (typed) => expect(searchProblem(typed)).toBeNull());
  test.each([
    ['0134', /^At least eight digits/],
    ['0134-22d', /^At least eight digits/],
    ['order 12', /^Order numbers hold only/],
  ])('%j can not', (typed, problem) => expect(searchProblem(typed)).toMatch(problem));

  test('is asked for without what stands around it, or not at all', () => {
    expect(orderParams({ ...noFilters, search: ' …E527316B' })).toEqual({ limit: '25', page: '1', search: 'e527316b' });
    expect(orderParams({ ...noFilters, search: 'e527' })).toEqual({ limit: '25', page: '1' });
  });
});

import { daysInclusive, isDay, type Day } from '../lib/dates';
import type { SearchChange } from '../lib/address';

export const presets = ['today', '7d', '30d', '90d', '12m'] as const;
export type Preset = (typeof presets)[number];
export type Range = { kind: Preset } | { kind: 'custom'; from: Day; to: Day };

/** Which days the figures are held against. */
export const comparisons = ['period', 'year', 'off'] as const;
export type Comparison = (typeof comparisons)[number];

export interface View {
  range: Range;
  compare: Comparison;
}

/** The days that are asked for, in the words of the API. */
export type PeriodParams = Readonly<Partial<Record<'days' | 'from' | 'to' | 'compare', string>>>;

/** The longest period that the API answers for. */
const longestRange = 3_660;

const daysOf: Record<Exclude<Preset, 'today' | '7d'>, string> = { '30d': '30', '90d': '90', '12m': '365' };

/** Reads the view out of the address; what makes no sense falls back to the last seven days. */
export function readView(search: URLSearchParams): View {
  const compare = search.get('compare');
  return { range: readRange(search), compare: compare === 'off' || compare === 'year' ? compare : 'period' };
}

function readRange(search: URLSearchParams): Range {
  const from = search.get('from');
  const to = search.get('to');
  if (from !== null && to !== null && rangeProblem(from, to) === null) return { kind: 'custom', from, to };
  const preset = search.get('range');
  return { kind: presets.find((kind) => kind === preset) ?? '7d' };
}

/** What a view changes in the address; the usual choices leave no trace in it. */
export function writeView({ range, compare }: View): SearchChange {
  const custom = range.kind === 'custom';
  return {
    range: custom || range.kind === '7d' ? null : range.kind,
    from: custom ? range.from : null,
    to: custom ? range.to : null,
    compare: compare === 'period' ? null : compare,
  };
}

/** What is wrong with a pair of days, null when nothing is. */
export function rangeProblem(from: string, to: string): string | null {
  if (!isDay(from)) return 'Choose the first day.';
  if (!isDay(to)) return 'Choose the last day.';
  if (to < from) return 'The last day comes before the first.';
  if (daysInclusive(from, to) > longestRange) return `Choose at most ${longestRange.toLocaleString('en')} days.`;
  return null;
}

/**
 * What to ask for; `today` is the shop's. A number of days is left to the server, which moves it to the last days that
 * have data when the shop has been quiet; today is today also before its first order.
 */
export function periodParams({ range, compare }: View, today: Day): PeriodParams {
  const against = compare === 'year' ? { compare: 'previous_year' } : {};
  switch (range.kind) {
    case '7d':
      return against;
    case 'today':
      return { from: today, to: today, ...against };
    case 'custom':
      return { from: range.from, to: range.to, ...against };
    default:
      return { days: daysOf[range.kind], ...against };
  }
}

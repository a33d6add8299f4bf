import type { DashboardParams } from '../../api/queries';
import { addDays, daysInclusive, isDay, type Day } from '../../lib/dates';

export type Preset = 'today' | '7d' | '30d';
export type Range = { kind: Preset } | { kind: 'custom'; from: Day; to: Day };

export interface View {
  range: Range;
  compare: boolean;
}

/** The longest period that the API answers for. */
export const longestRange = 3_660;

/** Reads the view out of the address; what makes no sense falls back to the last seven days. */
export function readView(search: URLSearchParams): View {
  return { range: readRange(search), compare: search.get('compare') !== 'off' };
}

function readRange(search: URLSearchParams): Range {
  const from = search.get('from');
  const to = search.get('to');
  if (from !== null && to !== null && rangeProblem(from, to) === null) return { kind: 'custom', from, to };
  const preset = search.get('range');
  return preset === 'today' || preset === '30d' ? { kind: preset } : { kind: '7d' };
}

/** The address of a view; the usual choices leave no trace in it. */
export function writeView({ range, compare }: View): URLSearchParams {
  const search = new URLSearchParams();
  if (range.kind === 'custom') {
    search.set('from', range.from);
    search.set('to', range.to);
  } else if (range.kind !== '7d') {
    search.set('range', range.kind);
  }
  if (!compare) search.set('compare', 'off');
  return search;
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
 * The days to ask for; `today` is the shop's. The last seven days are left to the server, which moves them to the last
 * days that have data when the shop has been quiet.
 */
export function rangeParams(range: Range, today: Day): DashboardParams {
  switch (range.kind) {
    case '7d':
      return {};
    case 'today':
      return { from: today, to: today };
    case '30d':
      return { from: addDays(today, -29), to: today };
    case 'custom':
      return { from: range.from, to: range.to };
  }
}

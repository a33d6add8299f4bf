import { figure, isIncomplete, series } from '../api/table';
import type { AnalyticsRow, AnalyticsTable } from '../api/types';
import { count, dayRangeShort, money, percent } from '../lib/format';
import type { Column } from './DataTable';
import { Money } from './Money';
import { NoFigure } from './NoFigure';
import type { Stat } from './StatCard';

/** A metric as a view shows it large. */
export interface ShownMetric {
  metric: string;
  unit: 'amount' | 'count' | 'percent';
  /** Below the figure: what it is. */
  detail: string;
}

/** One card's content out of a table over time: its total, its line, and the days it is held against. */
export function tableStat({ metric, unit, detail }: ShownMetric, table: AnalyticsTable): Stat {
  const { rows, totals, compared, period } = table;
  const show = (value: number) => (unit === 'amount' ? money(value, period.currency) : unit === 'percent' ? percent(value) : count(value));
  const value = figure(totals, metric);
  const before = figure(totals, `compared_${metric}`);
  const last = rows.at(-1);
  return {
    value: value === null ? <NoFigure why="There is no figure for these days." /> : unit === 'amount' ? <Money amount={value} currency={period.currency} /> : show(value),
    values: series(table, metric),
    previousValues: compared ? series(table, `compared_${metric}`) : [],
    detail,
    incomplete: last !== undefined && isIncomplete(last),
    comparison: compared && {
      change: figure(totals, `change_${metric}`),
      previous: before === null ? '–' : show(before),
      period: dayRangeShort(compared.from, compared.to, period.to),
    },
  };
}

/** A metric as a column of figures that sorts; where there is none, a dash says why. */
export const metricColumn = (
  key: string,
  head: string,
  format: (value: number) => string,
  none = 'There is no figure for this.',
): Column<AnalyticsRow> => ({
  key,
  head,
  align: 'right',
  cell: (row) => {
    const value = figure(row, key);
    return value === null ? <NoFigure why={none} /> : format(value);
  },
  value: (row) => figure(row, key),
});

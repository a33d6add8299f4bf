import { lazy, useEffect, type ReactNode } from 'react';
import type { Dashboard, Overview, Period, SalesDay } from '../api/types';
import { count, dayLong, dayOfWeek, dayRange, dayRangeShort, dayShort, money, plural, signedPercent } from '../lib/format';
import { useToggles } from '../lib/useToggles';
import { CardEmpty } from './Card';
import { ChartCard } from './ChartCard';
import { DataTable, type Column } from './DataTable';
import { SalesLegend } from './SalesLegend';
import type { CardQuery } from './query';
import { isQuiet, type SalesPoint, type Series } from './salesPoints';

// The drawing library is most of the page's script; everything else is there before it.
const loadPlot = () => import('./SalesPlot');
const SalesPlot = lazy(loadPlot);

interface SalesChartProps {
  query: CardQuery<Dashboard>;
  compare: boolean;
  onCompareChange: (compare: boolean) => void;
}

export function SalesChart({ query, compare, onCompareChange }: SalesChartProps) {
  useEffect(() => {
    // Fetched while the figures are on their way; a failure shows, and can be mended, where the chart is drawn.
    loadPlot().catch(() => undefined);
  }, []);
  const [hidden, toggle] = useToggles<Series>();
  const before = ({ previous_sales: days }: Dashboard) => (compare ? days : null);
  const points = (data: Dashboard) => toPoints(data.recent_sales, before(data));
  return (
    <ChartCard
      title="Sales"
      className="xl:col-span-2"
      query={query}
      summary={({ period, overview, recent_sales: days }) => summary(period, overview, days, compare)}
      empty={(data) =>
        isQuiet(points(data)) ? (
          <CardEmpty title="No sales in this period">
            Nothing was ordered or cancelled from {dayRange(data.period.from, data.period.to)}. Choose other days above; new orders
            appear here by themselves.
          </CardEmpty>
        ) : null
      }
      legend={({ period }) => (
        <SalesLegend
          hidden={hidden}
          onToggle={toggle}
          before={dayRangeShort(period.previous_from, period.previous_to, period.to)}
          compare={compare}
          onCompareChange={onCompareChange}
        />
      )}
      chart={(data) => <SalesPlot points={points(data)} currency={data.period.currency} hidden={hidden} />}
      table={(data) => <SalesTable period={data.period} days={data.recent_sales} before={before(data)} />}
    />
  );
}

function toPoints(days: readonly SalesDay[], before: readonly SalesDay[] | null): SalesPoint[] {
  return days.map((day, index) => {
    const earlier = before?.[index];
    return {
      key: day.date,
      label: dayLong(day.date),
      tick: days.length > 14 ? dayShort(day.date) : dayOfWeek(day.date),
      net: day.total_revenue,
      gross: day.gross_revenue,
      cancelled: day.cancelled_revenue,
      before: earlier ? { label: dayShort(earlier.date), net: earlier.total_revenue } : null,
      incomplete: day.incomplete,
    };
  });
}

/** What the picture says, in words. */
export function summary(period: Period, overview: Overview, days: readonly SalesDay[], compare: boolean): string {
  const amount = (value: number) => money(value, period.currency);
  const sentences = [
    `Net ${amount(overview.total_revenue)}: ${amount(overview.gross_revenue)} ordered, ${amount(overview.cancelled_revenue)} cancelled.`,
  ];
  const change = overview.change.total_revenue;
  if (compare && change !== null) {
    const direction = change === 0 ? 'The same as' : `${signedPercent(change)} against`;
    sentences.push(`${direction} ${dayRangeShort(period.previous_from, period.previous_to, period.to)}.`);
  }
  const [first, ...rest] = days;
  if (first && rest.length > 0 && days.some((day) => day.gross_revenue > 0)) {
    const best = rest.reduce((top, day) => (day.total_revenue > top.total_revenue ? day : top), first);
    sentences.push(`Best day: ${dayLong(best.date)}, ${amount(best.total_revenue)}.`);
  }
  if (days.at(-1)?.incomplete) sentences.push('The last day is not over yet.');
  return sentences.join(' ');
}

interface SalesTableProps {
  period: Period;
  days: readonly SalesDay[];
  before: readonly SalesDay[] | null;
}

interface SalesRow {
  day: SalesDay;
  before: SalesDay | undefined;
}

function SalesTable({ period, days, before }: SalesTableProps) {
  const amount = (value: number) => money(value, period.currency);
  const figure = (key: string, head: string, cell: (row: SalesRow) => ReactNode): Column<SalesRow> => ({ key, head, cell, align: 'right' });
  const columns: [Column<SalesRow>, ...Column<SalesRow>[]] = [
    {
      key: 'date',
      head: 'Day',
      className: 'whitespace-nowrap',
      cell: ({ day }) => (
        <>
          {dayLong(day.date)}
          {day.incomplete && <span className="text-ink-3"> so far</span>}
        </>
      ),
    },
    figure('orders', 'Orders', ({ day }) => count(day.total_orders)),
    figure('net', 'Net', ({ day }) => <span className="font-medium">{amount(day.total_revenue)}</span>),
    figure('gross', 'Gross', ({ day }) => amount(day.gross_revenue)),
    figure('cancelled', 'Cancelled', ({ day }) => amount(day.cancelled_revenue)),
    figure('average', 'Average order', ({ day }) => amount(day.average_order_value)),
    figure('customers', 'Customers', ({ day }) => count(day.active_customers)),
  ];
  if (before) {
    columns.push(
      figure('before', 'Net before', ({ before: day }) => (
        <span className="text-ink-2" title={day && dayLong(day.date)}>{day ? amount(day.total_revenue) : '–'}</span>
      )),
    );
  }
  return (
    <DataTable
      caption={`Sales by day, ${dayRange(period.from, period.to)}, ${plural(days.length, 'day')}`}
      columns={columns}
      rows={days.map((day, index) => ({ day, before: before?.[index] }))}
      rowKey={({ day }) => day.date}
      maxHeight="max-h-[26rem]"
    />
  );
}

import { lazy, useEffect, useState, type ReactNode } from 'react';
import type { Dashboard, Overview, Period, SalesDay } from '../api/types';
import { count, dayLong, dayRange, dayRangeShort, money, plural, signedPercent } from '../lib/format';
import { CardEmpty } from './Card';
import { ChartCard } from './ChartCard';
import { DataTable, type Column } from './DataTable';
import type { CardQuery } from './query';

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
  const [hidden, setHidden] = useState<readonly Series[]>([]);
  const toggle = (series: Series) =>
    setHidden(hidden.includes(series) ? hidden.filter((other) => other !== series) : [...hidden, series]);
  const before = ({ previous_sales: days }: Dashboard) => (compare ? days : null);
  return (
    <ChartCard
      title="Sales"
      className="xl:col-span-2"
      query={query}
      summary={({ period, overview, recent_sales: days }) => summary(period, overview, days, compare)}
      empty={(data) =>
        isQuiet(data.recent_sales) && isQuiet(before(data) ?? []) ? (
          <CardEmpty title="No sales in this period">
            Nothing was ordered or cancelled from {dayRange(data.period.from, data.period.to)}. Choose other days above; new orders
            appear here by themselves.
          </CardEmpty>
        ) : null
      }
      legend={({ period }) => (
        <Legend period={period} hidden={hidden} onToggle={toggle} compare={compare} onCompareChange={onCompareChange} />
      )}
      chart={(data) => (
        <SalesPlot days={data.recent_sales} before={before(data)} currency={data.period.currency} hidden={hidden} />
      )}
      table={(data) => <SalesTable period={data.period} days={data.recent_sales} before={before(data)} />}
    />
  );
}

export type Series = 'net' | 'gross' | 'cancelled';

const names: Record<Series, string> = { net: 'Net', gross: 'Gross', cancelled: 'Cancelled' };

const isQuiet = (days: readonly SalesDay[]) =>
  days.every((day) => day.gross_revenue === 0 && day.cancelled_revenue === 0);

/** What the picture says, in words. */
export function summary(period: Period, overview: Overview, days: readonly SalesDay[], compare: boolean): string {
  const amount = (value: number) => money(value, period.currency);
  const sentences = [
    `Net ${amount(overview.total_revenue)}: ${amount(overview.gross_revenue)} ordered, ${amount(overview.cancelled_revenue)} cancelled.`,
  ];
  const change = overview.change.total_revenue;
  if (compare && change !== null) {
    const direction = change === 0 ? 'The same as' : `${signedPercent(change)} against`;
    sentences.push(`${direction} ${dayRangeShort(period.previous_from, period.previous_to)}.`);
  }
  const [first, ...rest] = days;
  if (first && rest.length > 0 && !isQuiet(days)) {
    const best = rest.reduce((top, day) => (day.total_revenue > top.total_revenue ? day : top), first);
    sentences.push(`Best day: ${dayLong(best.date)}, ${amount(best.total_revenue)}.`);
  }
  if (days.at(-1)?.incomplete) sentences.push('The last day is not over yet.');
  return sentences.join(' ');
}

interface LegendProps {
  period: Period;
  hidden: readonly Series[];
  onToggle: (series: Series) => void;
  compare: boolean;
  onCompareChange: (compare: boolean) => void;
}

function Legend({ period, hidden, onToggle, compare, onCompareChange }: LegendProps) {
  return (
    <div role="group" aria-label="Lines in the chart" className="mb-2 flex flex-wrap gap-1.5">
      {(['net', 'gross', 'cancelled'] as const).map((series) => (
        <LegendButton key={series} shown={!hidden.includes(series)} onClick={() => onToggle(series)}>
          <Swatch kind={series} />
          {names[series]}
        </LegendButton>
      ))}
      <LegendButton shown={compare} onClick={() => onCompareChange(!compare)}>
        <Swatch kind="previous" />
        Net {dayRangeShort(period.previous_from, period.previous_to)}
      </LegendButton>
    </div>
  );
}

interface LegendButtonProps {
  shown: boolean;
  onClick: () => void;
  children: ReactNode;
}

function LegendButton({ shown, onClick, children }: LegendButtonProps) {
  return (
    <button
      type="button"
      aria-pressed={shown}
      onClick={onClick}
      className={`inline-flex min-h-7 items-center gap-2 rounded-full border px-2.5 text-xs hover:bg-fill ${
        shown ? 'border-line text-ink-2' : 'border-transparent text-ink-3 line-through'
      }`}
    >
      {children}
    </button>
  );
}

/** The same stroke as in the chart: told apart by shape, not by colour alone. */
function Swatch({ kind }: { kind: Series | 'previous' }) {
  return (
    <svg aria-hidden="true" viewBox="0 0 18 8" className="h-2 w-4.5">
      {kind === 'cancelled' ? (
        <rect x="5" y="0" width="8" height="8" rx="2" fill="var(--plot-cancelled)" />
      ) : (
        <path
          d="M1 4h16"
          stroke={`var(--plot-${kind})`}
          strokeWidth={kind === 'net' ? 3 : 2}
          strokeLinecap="round"
          strokeDasharray={kind === 'previous' ? '3 3.5' : undefined}
        />
      )}
    </svg>
  );
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

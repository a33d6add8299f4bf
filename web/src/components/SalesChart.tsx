import { lazy, Suspense, useEffect, useState, type ReactNode } from 'react';
import type { Dashboard, Overview, Period, SalesDay } from '../api/types';
import { count, dayLong, dayRange, dayRangeShort, money, plural, signedPercent } from '../lib/format';
import { Card, CardBody, CardEmpty, type CardQuery } from './Card';
import { Icon } from './Icon';

// The drawing library is most of the page's script; everything else is there before it.
const loadPlot = () => import('./SalesPlot');
const SalesPlot = lazy(loadPlot);

interface SalesChartProps {
  query: CardQuery<Dashboard>;
  compare: boolean;
  onCompareChange: (compare: boolean) => void;
}

export function SalesChart({ query, compare, onCompareChange }: SalesChartProps) {
  const [asTable, setAsTable] = useState(false);
  useEffect(() => {
    // Fetched while the figures are on their way; a failure shows, and can be mended, where the chart is drawn.
    loadPlot().catch(() => undefined);
  }, []);
  const [hidden, setHidden] = useState<readonly Series[]>([]);
  const toggle = (series: Series) =>
    setHidden(hidden.includes(series) ? hidden.filter((other) => other !== series) : [...hidden, series]);
  return (
    <Card
      title="Sales"
      icon="chart"
      className="xl:col-span-2"
      actions={
        <button type="button" className="button" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          <Icon name={asTable ? 'chart' : 'table'} />
          {asTable ? 'Show chart' : 'Show table'}
        </button>
      }
    >
      <CardBody query={query} skeleton={<div className="skeleton h-80 w-full" />}>
        {({ period, overview, recent_sales: days, previous_sales: before }) => (
          <>
            <p className="mb-3 max-w-3xl text-[0.8125rem] leading-relaxed text-ink-2">
              {summary(period, overview, days, compare)}
            </p>
            {asTable ? (
              <SalesTable period={period} days={days} before={compare ? before : null} />
            ) : isQuiet(days) && isQuiet(compare ? before : []) ? (
              <CardEmpty title="No sales in this period">
                Nothing was ordered or cancelled from {dayRange(period.from, period.to)}. Choose other days above; new orders
                appear here by themselves.
              </CardEmpty>
            ) : (
              <>
                <Legend
                  period={period}
                  hidden={hidden}
                  onToggle={toggle}
                  compare={compare}
                  onCompareChange={onCompareChange}
                />
                <div aria-hidden="true" className="h-64 sm:h-72 2xl:h-80">
                  <Suspense fallback={<div className="skeleton size-full" />}>
                    <SalesPlot
                      days={days}
                      before={compare ? before : null}
                      currency={period.currency}
                      hidden={hidden}
                    />
                  </Suspense>
                </div>
              </>
            )}
          </>
        )}
      </CardBody>
    </Card>
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

function SalesTable({ period, days, before }: SalesTableProps) {
  const amount = (value: number) => money(value, period.currency);
  const heads = ['Orders', 'Net', 'Gross', 'Cancelled', 'Average order', 'Customers'];
  if (before) heads.push('Net before');
  return (
    // Focusable, so that the keyboard can scroll it.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div role="region" tabIndex={0} aria-label="Sales by day, table" className="max-h-[26rem] overflow-auto rounded-xl border border-line">
      <table className="figure w-full text-right text-[0.8125rem]">
        <caption className="sr-only">
          Sales by day, {dayRange(period.from, period.to)}, {plural(days.length, 'day')}
        </caption>
        <thead className="sticky top-0 bg-(--float) text-xs text-ink-2">
          <tr>
            <th scope="col" className="px-3 py-2.5 text-left font-medium">Day</th>
            {heads.map((head) => (
              <th key={head} scope="col" className="px-3 py-2.5 font-medium whitespace-nowrap">{head}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {days.map((day, index) => (
            <tr key={day.date} className="border-t border-line">
              <th scope="row" className="px-3 py-2 text-left font-normal whitespace-nowrap">
                {dayLong(day.date)}
                {day.incomplete && <span className="text-ink-3"> so far</span>}
              </th>
              <td className="px-3 py-2">{count(day.total_orders)}</td>
              <td className="px-3 py-2 font-medium">{amount(day.total_revenue)}</td>
              <td className="px-3 py-2">{amount(day.gross_revenue)}</td>
              <td className="px-3 py-2">{amount(day.cancelled_revenue)}</td>
              <td className="px-3 py-2">{amount(day.average_order_value)}</td>
              <td className="px-3 py-2">{count(day.active_customers)}</td>
              {before && <PreviousCell day={before[index]} amount={amount} />}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function PreviousCell({ day, amount }: { day: SalesDay | undefined; amount: (value: number) => string }) {
  return (
    <td className="px-3 py-2 whitespace-nowrap text-ink-2">
      {day ? <span title={dayLong(day.date)}>{amount(day.total_revenue)}</span> : '–'}
    </td>
  );
}

import { lazy } from 'react';
import { figure, isIncomplete, text } from '../../api/table';
import type { AnalyticsTable } from '../../api/types';
import { CardEmpty } from '../../components/Card';
import { ChartCard } from '../../components/ChartCard';
import { DataTable, type Column } from '../../components/DataTable';
import { count, dayLong, dayRange, dayRangeShort, money, plural, signedPercent } from '../../lib/format';
import { afterDays, type Days } from '../../live/useDays';
import { useLiveAsk } from '../../live/useLiveRead';

const ProductSalesPlot = lazy(() => import('./ProductSalesPlot'));

/** What a product brought on one day, and on the day that it is held against. */
export interface ProductDay {
  day: string;
  revenue: number;
  /** Null where nothing is compared. */
  before: number | null;
  units: number;
  orders: number;
  incomplete: boolean;
}

interface ProductSalesProps {
  id: string;
  days: Days;
}

export function ProductSales({ id, days }: ProductSalesProps) {
  const body = days.bounds && question(id, days.bounds, days.compare);
  const answer = useLiveAsk<AnalyticsTable>('/analytics/query', body);
  return (
    <ChartCard
      title="Its sales"
      className="xl:col-span-2"
      query={afterDays(days, answer)}
      summary={summary}
      csv={body && { request: { path: '/analytics/query', body }, fileName: `product sales by day ${body.from} to ${body.to}` }}
      empty={(data) =>
        data.rows.every((row) => amountOf(row, 'orders') === 0 && amountOf(row, 'net_revenue') === 0) ? (
          <CardEmpty title="Not sold in this period">
            Nobody ordered it from {dayRange(data.period.from, data.period.to)}. Choose other days above.
          </CardEmpty>
        ) : null
      }
      legend={(data) => data.compared && <Legend range={dayRangeShort(data.compared.from, data.compared.to, data.period.to)} />}
      chart={(data) => <ProductSalesPlot days={toDays(data)} currency={data.period.currency} />}
      table={(data) => <DayTable data={data} />}
    />
  );
}

const question = (id: string, { from, to }: { from: string; to: string }, compare: Days['compare']) => ({
  metrics: ['net_revenue', 'units', 'orders'],
  dimensions: ['day'],
  filters: [{ dimension: 'product', values: [id] }],
  from,
  to,
  ...(compare ? { compare } : {}),
});

/** What is missing was nothing: a day without the product. */
const amountOf = (row: Readonly<Record<string, unknown>>, name: string): number => figure(row, name) ?? 0;

export const toDays = ({ rows, compared }: AnalyticsTable): ProductDay[] =>
  rows.map((row) => ({
    day: text(row, 'day'),
    revenue: amountOf(row, 'net_revenue'),
    before: compared ? amountOf(row, 'compared_net_revenue') : null,
    units: amountOf(row, 'units'),
    orders: amountOf(row, 'orders'),
    incomplete: isIncomplete(row),
  }));

function summary({ totals, period, compared }: AnalyticsTable): string {
  const revenue = money(amountOf(totals, 'net_revenue'), period.currency);
  const sentences = [
    `${revenue} from ${plural(amountOf(totals, 'units'), 'unit')} in ${plural(amountOf(totals, 'orders'), 'order')}, cancellations taken off.`,
  ];
  const change = figure(totals, 'change_net_revenue');
  if (compared && change !== null) {
    sentences.push(`${change === 0 ? 'The same as' : `${signedPercent(change)} against`} ${dayRangeShort(compared.from, compared.to, period.to)}.`);
  }
  if (period.incomplete) sentences.push('The last day is not over yet.');
  return sentences.join(' ');
}

function Legend({ range }: { range: string }) {
  const line = 'h-2 w-4.5';
  return (
    <ul aria-label="Lines in the chart" className="mb-2 flex flex-wrap gap-x-4 gap-y-1 text-xs text-ink-2 *:flex *:items-center *:gap-2">
      <li>
        <svg aria-hidden="true" viewBox="0 0 18 8" className={line}>
          <path d="M1 4h16" stroke="var(--plot-net)" strokeWidth={3} strokeLinecap="round" />
        </svg>
        Net revenue
      </li>
      <li>
        <svg aria-hidden="true" viewBox="0 0 18 8" className={line}>
          <path d="M1 4h16" stroke="var(--plot-previous)" strokeWidth={2} strokeDasharray="3 3.5" />
        </svg>
        {range}
      </li>
    </ul>
  );
}

function DayTable({ data }: { data: AnalyticsTable }) {
  const { period, compared, totals } = data;
  const amount = (value: number) => money(value, period.currency);
  const columns: [Column<ProductDay>, ...Column<ProductDay>[]] = [
    {
      key: 'day',
      head: 'Day',
      className: 'whitespace-nowrap',
      value: ({ day }) => day,
      cell: ({ day, incomplete }) => (
        <>
          {dayLong(day)}
          {incomplete && <span className="text-ink-3"> so far</span>}
        </>
      ),
    },
    { key: 'revenue', head: 'Revenue', align: 'right', value: ({ revenue }) => revenue, cell: ({ revenue }) => <span className="font-medium">{amount(revenue)}</span> },
    { key: 'units', head: 'Units', align: 'right', value: ({ units }) => units, cell: ({ units }) => count(units) },
    { key: 'orders', head: 'Orders', align: 'right', value: ({ orders }) => orders, cell: ({ orders }) => count(orders) },
  ];
  if (compared) {
    columns.push({
      key: 'before',
      head: 'Revenue before',
      hint: dayRangeShort(compared.from, compared.to, period.to),
      align: 'right',
      value: ({ before }) => before,
      cell: ({ before }) => (before === null ? '–' : <span className="text-ink-2">{amount(before)}</span>),
    });
  }
  return (
    <DataTable
      caption={`Its sales by day, ${dayRange(period.from, period.to)}`}
      columns={columns}
      rows={toDays(data)}
      rowKey={({ day }) => day}
      maxHeight="max-h-[26rem]"
      totals={{
        revenue: amount(amountOf(totals, 'net_revenue')),
        units: count(amountOf(totals, 'units')),
        orders: count(amountOf(totals, 'orders')),
        ...(compared ? { before: amount(amountOf(totals, 'compared_net_revenue')) } : {}),
      }}
    />
  );
}

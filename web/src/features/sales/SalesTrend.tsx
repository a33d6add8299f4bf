import { lazy } from 'react';
import { bucketOf, figure, isIncomplete, rowLabels, text } from '../../api/table';
import type { AnalyticsQuery, AnalyticsRow, AnalyticsTable } from '../../api/types';
import { bucketColumn } from '../../components/bucketColumn';
import { CardEmpty } from '../../components/Card';
import { ChartCard } from '../../components/ChartCard';
import { Choice } from '../../components/Choice';
import { DataTable } from '../../components/DataTable';
import { metricColumn } from '../../components/tableParts';
import { nothingBefore } from '../../components/NoFigure';
import type { CardQuery } from '../../components/query';
import { SalesLegend } from '../../components/SalesLegend';
import { isQuiet, type SalesPoint, type Series } from '../../components/salesPoints';
import { bucketsFor, bucketTick, type Bucket } from '../../lib/buckets';
import { count, dayRange, dayRangeShort, money, signedPercent } from '../../lib/format';
import { useToggles } from '../../lib/useToggles';
import { usePeriod } from '../../period/usePeriod';

const SalesPlot = lazy(() => import('../../components/SalesPlot'));

const titles: Record<Bucket, string> = { hour: 'Hour', day: 'Day', week: 'Week', month: 'Month' };

interface SalesTrendProps {
  table: CardQuery<AnalyticsTable>;
  /** What the table is the answer to; its CSV is asked for by the same. */
  question: AnalyticsQuery | null;
  bucket: Bucket;
  onBucketChange: (bucket: Bucket) => void;
}

export function SalesTrend({ table, question, bucket, onBucketChange }: SalesTrendProps) {
  const { compare, show } = usePeriod();
  const [hidden, toggle] = useToggles<Series>();
  const period = table.data?.period;
  const offered = period ? bucketsFor(period.from, period.to) : [bucket];
  // The table on the screen may still be the answer to another cut.
  const drawn = table.data ? bucketOf(table.data) : bucket;
  return (
    <ChartCard
      title="Sales over time"
      query={table}
      both
      actions={
        <Choice
          label="Cut by"
          choices={offered.map((each) => [each, titles[each]] as const)}
          value={bucket}
          onChange={onBucketChange}
        />
      }
      csv={
        question && {
          request: { path: '/analytics/query', body: question },
          fileName: `sales by ${bucket} ${question.from ?? ''} to ${question.to ?? ''}`,
        }
      }
      summary={(data) => summary(data, drawn)}
      empty={(data) =>
        isQuiet(toPoints(data, drawn)) ? (
          <CardEmpty title="No sales in this period">
            Nothing was ordered or cancelled from {dayRange(data.period.from, data.period.to)}. Choose other days above; new orders
            appear here by themselves.
          </CardEmpty>
        ) : null
      }
      legend={(data) => (
        <SalesLegend
          hidden={hidden}
          onToggle={toggle}
          before={dayRangeShort(data.compared?.from ?? data.period.previous_from, data.compared?.to ?? data.period.previous_to, data.period.to)}
          compare={data.compared !== null}
          onCompareChange={(on) => show({ compare: on ? (compare === 'off' ? 'period' : compare) : 'off' })}
        />
      )}
      chart={(data) => <SalesPlot points={toPoints(data, drawn)} currency={data.period.currency} hidden={hidden} />}
      table={(data) => <TrendTable data={data} bucket={drawn} />}
      height="h-72 2xl:h-96"
    />
  );
}

function toPoints(table: AnalyticsTable, bucket: Bucket): SalesPoint[] {
  const { rows, compared } = table;
  const label = rowLabels(table);
  const value = (row: AnalyticsRow, name: string) => figure(row, name) ?? 0;
  return rows.map((row) => ({
    key: text(row, bucket),
    label: label(row),
    tick: bucketTick(bucket, text(row, bucket), rows.length),
    net: value(row, 'net_revenue'),
    gross: value(row, 'gross_revenue'),
    cancelled: value(row, 'cancelled_revenue'),
    before: compared && row['compared_net_revenue'] != null ? { label: 'before', net: value(row, 'compared_net_revenue') } : null,
    incomplete: isIncomplete(row),
  }));
}

function summary(table: AnalyticsTable, bucket: Bucket): string {
  const { totals, rows, period, compared } = table;
  const amount = (name: string) => money(figure(totals, name) ?? 0, period.currency);
  const sentences = [`Net ${amount('net_revenue')}: ${amount('gross_revenue')} ordered, ${amount('cancelled_revenue')} cancelled.`];
  const change = figure(totals, 'change_net_revenue');
  if (compared && change !== null) {
    const direction = change === 0 ? 'The same as' : `${signedPercent(change)} against`;
    sentences.push(`${direction} ${dayRangeShort(compared.from, compared.to, period.to)}.`);
  }
  const [first, ...rest] = rows;
  if (first && rest.length > 0 && rows.some((row) => (figure(row, 'gross_revenue') ?? 0) > 0)) {
    const net = (row: AnalyticsRow) => figure(row, 'net_revenue') ?? 0;
    const best = rest.reduce((top, row) => (net(row) > net(top) ? row : top), first);
    sentences.push(`Best ${bucket}: ${rowLabels(table)(best)}, ${money(net(best), period.currency)}.`);
  }
  const last = rows.at(-1);
  if (last && isIncomplete(last)) sentences.push(`The last ${bucket} is not over yet.`);
  return sentences.join(' ');
}

function TrendTable({ data, bucket }: { data: AnalyticsTable; bucket: Bucket }) {
  const { period, totals, compared, rows } = data;
  const amount = (value: number) => money(value, period.currency);
  const figures = [
    metricColumn('net_revenue', 'Net', amount),
    metricColumn('gross_revenue', 'Gross', amount),
    metricColumn('cancelled_revenue', 'Cancelled', amount),
    metricColumn('orders', 'Orders', count),
    metricColumn('average_order_value', 'Average order', amount),
    metricColumn('units', 'Units', count),
    metricColumn('active_customers', 'Customers', count),
  ];
  if (compared) {
    figures.push(
      metricColumn('compared_net_revenue', 'Net before', amount, `The days before have no such ${bucket}.`),
      metricColumn('change_net_revenue', 'Change', signedPercent, nothingBefore),
    );
  }
  return (
    <DataTable
      caption={`Sales by ${bucket}, ${dayRange(period.from, period.to)}`}
      columns={[bucketColumn(data, titles[bucket]), ...figures]}
      rows={rows}
      rowKey={(row) => text(row, bucket)}
      totals={Object.fromEntries(figures.map(({ key, cell }) => [key, cell(totals)]))}
    />
  );
}

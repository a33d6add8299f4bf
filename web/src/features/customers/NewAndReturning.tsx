import { lazy } from 'react';
import { bucketOf, figure, text } from '../../api/table';
import type { AnalyticsQuery, AnalyticsTable } from '../../api/types';
import { bucketColumn } from '../../components/bucketColumn';
import { CardEmpty } from '../../components/Card';
import { ChartCard } from '../../components/ChartCard';
import { DataTable } from '../../components/DataTable';
import { metricColumn } from '../../components/tableParts';
import type { CardQuery } from '../../components/query';
import { count, dayRange, percent } from '../../lib/format';

const CustomersPlot = lazy(() => import('./CustomersPlot'));

interface NewAndReturningProps {
  table: CardQuery<AnalyticsTable>;
  question: AnalyticsQuery | null;
}

export function NewAndReturning({ table, question }: NewAndReturningProps) {
  return (
    <ChartCard
      title="New and returning"
      icon="customers"
      query={table}
      csv={question && { request: { path: '/analytics/query', body: question }, fileName: `customers ${question.from ?? ''} to ${question.to ?? ''}` }}
      summary={({ totals, period }) =>
        `${count(figure(totals, 'active_customers') ?? 0)} customers bought in ${dayRange(period.from, period.to)}: ${count(figure(totals, 'new_customers') ?? 0)} for the first time, ${count(figure(totals, 'returning_customers') ?? 0)} again.`
      }
      empty={({ totals, period }) =>
        (figure(totals, 'active_customers') ?? 0) > 0 ? null : (
          <CardEmpty title="Nobody bought in this period">
            There was no order from {dayRange(period.from, period.to)}. Choose other days above.
          </CardEmpty>
        )
      }
      legend={() => (
        <ul className="mb-2 flex flex-wrap gap-4 text-xs text-ink-2">
          <li className="flex items-center gap-2"><span aria-hidden="true" className="size-2.5 rounded-xs bg-(--plot-net)" />Returning</li>
          <li className="flex items-center gap-2">
            <span aria-hidden="true" className="size-2.5 rounded-xs border-2 border-(--plot-gross)" />New
          </li>
        </ul>
      )}
      chart={(data) => <CustomersPlot table={data} />}
      table={(data) => <CustomersTable data={data} />}
    />
  );
}

function CustomersTable({ data }: { data: AnalyticsTable }) {
  const bucket = bucketOf(data);
  const columns = [
    metricColumn('active_customers', 'Active', count),
    metricColumn('new_customers', 'New', count),
    metricColumn('returning_customers', 'Returning', count),
    metricColumn('repeat_rate', 'Repeat rate', percent),
  ];
  return (
    <DataTable
      caption={`Customers by ${bucket}, ${dayRange(data.period.from, data.period.to)}`}
      columns={[bucketColumn(data, 'When'), ...columns]}
      rows={data.rows}
      rowKey={(row) => text(row, bucket)}
      totals={{ [bucket]: 'In all days', ...Object.fromEntries(columns.map(({ key, cell }) => [key, cell(data.totals)])) }}
      maxHeight="max-h-[26rem]"
    />
  );
}

import type { Schemas, Segments } from '../../api/types';
import { BarList } from '../../components/BarList';
import { Card, CardBody, CardEmpty } from '../../components/Card';
import { Choice } from '../../components/Choice';
import { CsvButton } from '../../components/CsvButton';
import { DataTable, type Column } from '../../components/DataTable';
import { NoFigure } from '../../components/NoFigure';
import { useSearchChoice } from '../../lib/address';
import { count, money, percent } from '../../lib/format';
import { useLiveRead } from '../../live/useLiveRead';

type Score = Schemas['ScoreRow'];

const path = '/analytics/reports/segments';
const tables = [
  ['segments', 'Segments'],
  ['scores', 'Scores'],
] as const;
const nobody = 'Nobody is in this segment.';

/** Customers by how recently, how often and for how much they bought. */
export function SegmentsCard() {
  const [table, setTable] = useSearchChoice<'segments' | 'scores'>('segments', ['segments', 'scores']);
  const answer = useLiveRead<Segments>(path, {});
  return (
    <Card
      title="Recency, frequency, value"
      icon="customers"
      actions={
        <div className="flex flex-wrap items-center gap-2">
          <Choice label="Which table" choices={tables} value={table} onChange={setTable} />
          <CsvButton request={{ path, params: { table } }} fileName={`customer ${table}`} />
        </div>
      }
    >
      <CardBody query={answer} skeleton={<div className="skeleton h-80 w-full" />}>
        {(data) =>
          data.segments.every(({ customers }) => customers === 0) ? (
            <CardEmpty title="No customers yet">Everyone who places an order is sorted into one of eleven segments, from champions to lost.</CardEmpty>
          ) : table === 'segments' ? (
            <SegmentList data={data} />
          ) : (
            <ScoreTable data={data} />
          )
        }
      </CardBody>
    </Card>
  );
}

function SegmentList({ data: { segments, period } }: { data: Segments }) {
  return (
    <>
      <p className="mb-3 max-w-3xl text-[0.8125rem] leading-relaxed text-ink-2">
        Every customer who ever bought, by the fifth that they are in: how lately, how often and for how much. Bars are shares of
        revenue.
      </p>
      <div className="relative overflow-x-auto">
        <BarList
          caption="Segments of customers by recency, frequency and value"
          head="Segment"
          rows={segments.map((segment) => ({
            key: segment.segment,
            name: segment.title,
            note: segment.description,
            share: segment.revenue_share ?? 0,
            segment,
          }))}
          columns={[
            { key: 'customers', head: 'Customers', cell: ({ segment }) => count(segment.customers) },
            { key: 'share', head: 'of all', wide: true, cell: ({ segment }) => (segment.customer_share === null ? <NoFigure why={nobody} /> : percent(segment.customer_share)) },
            {
              key: 'each',
              head: 'Each',
              wide: true,
              cell: ({ segment }) => (segment.revenue_per_customer === null ? <NoFigure why={nobody} /> : money(segment.revenue_per_customer, period.currency)),
            },
            { key: 'recency', head: 'Last bought', wide: true, cell: ({ segment }) => (segment.mean_recency_days === null ? <NoFigure why={nobody} /> : `${count(segment.mean_recency_days)} days ago`) },
            { key: 'revenue', head: 'Net revenue', strong: true, cell: ({ segment }) => money(segment.net_revenue, period.currency) },
            { key: 'revenue-share', head: 'of all', wide: true, cell: ({ segment }) => (segment.revenue_share === null ? <NoFigure why="There is no revenue to have a share of." /> : percent(segment.revenue_share)) },
          ]}
        />
      </div>
    </>
  );
}

function ScoreTable({ data: { scores, period } }: { data: Segments }) {
  const range = (from: number | null, to: number | null, format: (value: number) => string) =>
    from === null || to === null ? <NoFigure why="Nobody has this score." /> : from === to ? format(from) : `${format(from)} – ${format(to)}`;
  const amount = (value: number) => money(value, period.currency);
  const columns: [Column<Score>, ...Column<Score>[]] = [
    { key: 'score', head: 'Score', cell: ({ score }) => count(score) },
    { key: 'recency', head: 'Days since the last order', align: 'right', cell: (row) => range(row.recency_days_from, row.recency_days_to, count) },
    { key: 'recent', head: 'Customers', align: 'right', cell: (row) => count(row.recency_customers) },
    { key: 'frequency', head: 'Orders placed', align: 'right', cell: (row) => range(row.placed_orders_from, row.placed_orders_to, count) },
    { key: 'frequent', head: 'Customers', align: 'right', cell: (row) => count(row.frequency_customers) },
    { key: 'monetary', head: 'Net revenue', align: 'right', cell: (row) => range(row.net_revenue_from, row.net_revenue_to, amount) },
    { key: 'valuable', head: 'Customers', align: 'right', cell: (row) => count(row.monetary_customers) },
  ];
  return <DataTable caption="What customers of each score have" columns={columns} rows={scores} rowKey={({ score }) => String(score)} />;
}

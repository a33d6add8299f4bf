import { lazy, useMemo } from 'react';
import { bucketOf, figure, text } from '../../api/table';
import type { AnalyticsQuery, AnalyticsTable, Product, Stock } from '../../api/types';
import { Card, CardBody, CardEmpty } from '../../components/Card';
import { ChartCard } from '../../components/ChartCard';
import { DataTable } from '../../components/DataTable';
import { Icon } from '../../components/Icon';
import { bucketLabel, bucketTick, usualBucket } from '../../lib/buckets';
import { count, dayRange, money, plural } from '../../lib/format';
import type { Days } from '../../live/useDays';
import { useLiveAsk, useLiveRead } from '../../live/useLiveRead';
import { isStaff } from '../../session/roles';
import { useAccount } from '../../session/useAccount';
import { BoughtTogetherCard } from './BoughtTogetherCard';
import { StockCard } from './StockCard';

const SalesPlot = lazy(() => import('../../components/SalesPlot'));

interface ProductPanelProps {
  id: string;
  days: Days;
  onClose: () => void;
}

/** One product: what it is, its sales in these days, its stock, and what is bought with it. */
export function ProductPanel({ id, days, onClose }: ProductPanelProps) {
  const staff = isStaff(useAccount().role);
  const product = useLiveRead<{ product: Product }>(`/products/${encodeURIComponent(id)}`, {});
  const stock = useLiveRead<Stock>(`/products/${encodeURIComponent(id)}/stock`, staff ? { limit: '20' } : null);
  return (
    <div className="space-y-4">
      <Card
        title={product.data?.product.name ?? 'Product'}
        icon="box"
        actions={
          <button type="button" className="button button-icon" aria-label="Close the product" onClick={onClose}>
            <Icon name="close" />
          </button>
        }
      >
        <CardBody query={product} skeleton={<div className="skeleton h-10 w-2/3" />}>
          {({ product: shown }) => <Facts product={shown} days={days} />}
        </CardBody>
      </Card>
      <div className="grid gap-4 xl:grid-cols-2">
        <ProductSales id={id} days={days} />
        <BoughtTogetherCard id={id} />
      </div>
      {staff && <StockCard id={id} query={stock} />}
    </div>
  );
}

function Facts({ product, days }: { product: Product; days: Days }) {
  const facts: [string, string][] = [
    ['Price', days.period ? money(Number(product.price), days.period.currency) : product.price],
    ['Category', product.category_name ?? 'none'],
    ['Article number', product.sku ?? 'none'],
    ['Can be ordered', plural(product.inventory_count, 'unit')],
  ];
  return (
    <>
      {product.description !== null && <p className="mb-3 max-w-3xl text-[0.8125rem] leading-relaxed text-ink-2">{product.description}</p>}
      <dl className="flex flex-wrap gap-x-10 gap-y-3 text-[0.8125rem]">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt className="text-xs text-ink-3">{name}</dt>
            <dd className="figure mt-0.5 font-medium">{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function ProductSales({ id, days }: { id: string; days: Days }) {
  const bucket = days.bounds ? usualBucket(days.bounds.from, days.bounds.to) : 'day';
  const question = useMemo(
    (): AnalyticsQuery | null =>
      days.bounds && {
        metrics: ['net_revenue', 'gross_revenue', 'cancelled_revenue', 'units', 'orders'],
        dimensions: [bucket],
        ...days.bounds,
        filters: [{ dimension: 'product', values: [id], exclude: false }],
        limit: 10_000,
      },
    [days.bounds, bucket, id],
  );
  const answer = useLiveAsk<AnalyticsTable>('/analytics/query', question);
  return (
    <ChartCard
      title="Its sales"
      query={answer}
      csv={question && { request: { path: '/analytics/query', body: question }, fileName: `sales of ${id}` }}
      summary={({ totals, period }) =>
        `${plural(figure(totals, 'units') ?? 0, 'unit')} in ${plural(figure(totals, 'orders') ?? 0, 'order')} for ${money(figure(totals, 'net_revenue') ?? 0, period.currency)} net in ${dayRange(period.from, period.to)}.`
      }
      empty={({ totals }) =>
        (figure(totals, 'gross_revenue') ?? 0) === 0 && (figure(totals, 'cancelled_revenue') ?? 0) === 0 ? (
          <CardEmpty title="Not sold in this period">Choose other days above to see when it was.</CardEmpty>
        ) : null
      }
      chart={(data) => (
        <SalesPlot
          currency={data.period.currency}
          hidden={[]}
          points={data.rows.map((row) => ({
            key: text(row, bucketOf(data)),
            label: bucketLabel(bucketOf(data), text(row, bucketOf(data))),
            tick: bucketTick(bucketOf(data), text(row, bucketOf(data)), data.rows.length),
            net: figure(row, 'net_revenue') ?? 0,
            gross: figure(row, 'gross_revenue') ?? 0,
            cancelled: figure(row, 'cancelled_revenue') ?? 0,
            before: null,
            incomplete: row['incomplete'] === true,
          }))}
        />
      )}
      table={(data) => (
        <DataTable
          caption={`Sales of the product, ${dayRange(data.period.from, data.period.to)}`}
          columns={[
            { key: 'when', head: 'When', className: 'whitespace-nowrap', cell: (row) => bucketLabel(bucketOf(data), text(row, bucketOf(data))) },
            { key: 'units', head: 'Units', align: 'right', cell: (row) => count(figure(row, 'units') ?? 0) },
            { key: 'orders', head: 'Orders', align: 'right', cell: (row) => count(figure(row, 'orders') ?? 0) },
            { key: 'net', head: 'Net', align: 'right', cell: (row) => money(figure(row, 'net_revenue') ?? 0, data.period.currency) },
            { key: 'cancelled', head: 'Cancelled', align: 'right', cell: (row) => money(figure(row, 'cancelled_revenue') ?? 0, data.period.currency) },
          ]}
          rows={data.rows}
          rowKey={(row) => text(row, bucketOf(data))}
          maxHeight="max-h-72"
        />
      )}
    />
  );
}

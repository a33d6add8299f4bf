import type { ProductReport, ProductReportRow } from '../../api/types';
import { CardEmpty } from '../../components/Card';
import { DataTable, type Column } from '../../components/DataTable';
import { Change } from '../../components/StatCard';
import { count, dayRange, dayRangeShort, money, signedMoney } from '../../lib/format';
import { ProductLink } from './ProductLink';
import { InactiveBadge, StockLabel } from './StockLabel';

interface ReportTableProps {
  report: ProductReport;
  /** Whether figures are held against earlier ones; products that fell always are. */
  compared: boolean;
  chosen: string | null;
}

export function ReportTable({ report, compared, chosen }: ReportTableProps) {
  const { period, products, sort } = report;
  if (products.length === 0) return <Nothing report={report} />;
  const before = dayRangeShort(period.previous_from, period.previous_to, period.to);
  const amount = (value: number) => money(value, period.currency);
  const columns: [Column<ProductReportRow>, ...Column<ProductReportRow>[]] = [
    {
      key: 'product',
      head: 'Product',
      className: 'min-w-48 sm:min-w-64',
      value: (row) => row.product_name,
      cell: (row) => <Name row={row} chosen={row.product_id === chosen} />,
    },
    {
      key: 'revenue',
      head: 'Revenue',
      hint: 'What was ordered, less what was cancelled.',
      align: 'right',
      value: (row) => row.net_revenue,
      cell: (row) => <span className="font-medium">{amount(row.net_revenue)}</span>,
    },
    ...(compared || sort === 'falling' ? changeColumns(period.currency, before) : []),
    {
      key: 'units',
      head: 'Units',
      align: 'right',
      value: (row) => row.units,
      cell: (row) => <span title={`${count(row.previous_units)} in ${before}`}>{count(row.units)}</span>,
    },
    { key: 'orders', head: 'Orders', align: 'right', value: (row) => row.orders, cell: (row) => count(row.orders) },
    {
      key: 'available',
      head: 'In stock',
      hint: 'Units that can be ordered now.',
      align: 'right',
      value: (row) => row.available,
      cell: (row) => (row.available === null ? <span title="The catalogue does not answer, or has no such product.">–</span> : count(row.available)),
    },
    {
      key: 'lasts',
      head: 'Lasts',
      hint: 'How long the stock lasts if it sells as it did in these days.',
      // What is out comes first; what nobody buys lasts longest.
      value: (row) => (row.available === 0 ? 0 : row.days_of_stock_left),
      cell: (row) => <StockLabel available={row.available} days={row.days_of_stock_left} />,
    },
  ];
  return (
    <DataTable
      caption={`${sort === 'top' ? 'Products by net revenue' : 'Products whose net revenue fell, by the amount'}, ${dayRange(period.from, period.to)}`}
      columns={columns}
      rows={products}
      rowKey={(row) => row.product_id}
      rowClass={(row) => (row.product_id === chosen ? 'bg-accent-soft' : '')}
      maxHeight="max-h-[44rem]"
    />
  );
}

function changeColumns(currency: string, before: string): Column<ProductReportRow>[] {
  return [
    {
      key: 'change',
      head: 'Change',
      hint: `Against ${before}.`,
      align: 'right',
      value: (row) => row.change_percent,
      cell: (row) => (
        <span title={`${money(row.previous_net_revenue, currency)} in ${before}`}>
          <Change change={row.change_percent} better="more" />
        </span>
      ),
    },
    {
      key: 'difference',
      head: `vs ${before}`,
      hint: 'The change as an amount.',
      align: 'right',
      value: (row) => row.change_net_revenue,
      cell: ({ change_net_revenue: change }) => <span className="text-ink-2">{signedMoney(change, currency)}</span>,
    },
  ];
}

function Name({ row, chosen }: { row: ProductReportRow; chosen: boolean }) {
  return (
    <span className="flex items-center gap-2">
      <ProductLink id={row.product_id} name={row.product_name} current={chosen} />
      {row.is_active === false && <InactiveBadge />}
    </span>
  );
}

function Nothing({ report: { sort, period } }: { report: ProductReport }) {
  return sort === 'top' ? (
    <CardEmpty title="Nothing sold in this period">
      Nothing was ordered from {dayRange(period.from, period.to)}. Choose other days above; products appear here as soon as one is ordered.
    </CardEmpty>
  ) : (
    <CardEmpty title="No product fell">
      Every product brought at least as much as in {dayRange(period.previous_from, period.previous_to)}. Compare with other days above.
    </CardEmpty>
  );
}

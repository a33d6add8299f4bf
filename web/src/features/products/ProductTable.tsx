import type { ProductReport, ProductReportRow } from '../../api/types';
import { Card, CardBody, CardEmpty } from '../../components/Card';
import { Choice } from '../../components/Choice';
import { CsvButton } from '../../components/CsvButton';
import { DataTable, type Column } from '../../components/DataTable';
import { Icon } from '../../components/Icon';
import { useSearchChoice } from '../../lib/address';
import { count, dayRange, dayRangeShort, money, signedMoney, signedPercent } from '../../lib/format';
import type { Days } from '../../live/useDays';
import { useLiveRead } from '../../live/useLiveRead';
import { DaysLeft } from './DaysLeft';

const path = '/analytics/reports/products';
const limit = '50';
const sorts = [
  ['top', 'Top'],
  ['falling', 'Falling'],
] as const;

interface ProductTableProps {
  days: Days;
  onChoose: (product: string) => void;
}

export function ProductTable({ days, onChoose }: ProductTableProps) {
  const [sort, setSort] = useSearchChoice<'top' | 'falling'>('sort', ['top', 'falling']);
  const params = days.bounds && { sort, limit, ...days.bounds, ...(days.compare ? { compare: days.compare } : {}) };
  const answer = useLiveRead<ProductReport>(path, params);
  const query = params === null ? { ...answer, error: days.error, isFetching: days.isFetching, refetch: days.refetch } : answer;
  return (
    <Card
      title={sort === 'top' ? 'What sells' : 'What sells less than before'}
      icon="ranking"
      actions={
        <div className="flex flex-wrap items-center gap-2">
          <Choice label="Which products" choices={sorts} value={sort} onChange={setSort} />
          {params && <CsvButton request={{ path, params }} fileName={`${sort} products ${params.from} to ${params.to}`} />}
        </div>
      }
    >
      <CardBody query={query} skeleton={<div className="skeleton h-[28rem] w-full" />}>
        {(data) =>
          data.products.length === 0 ? (
            <Nothing sort={sort} data={data} />
          ) : (
            <>
              {!data.stock_available && (
                <p role="status" className="mb-3 flex items-center gap-2 text-[0.8125rem] text-ink-2">
                  <Icon name="warning" className="size-4 text-warn" />
                  The stock could not be asked for just now; the figures of sales are right.
                </p>
              )}
              <Table data={data} onChoose={onChoose} />
            </>
          )
        }
      </CardBody>
    </Card>
  );
}

function Nothing({ sort, data: { period } }: { sort: 'top' | 'falling'; data: ProductReport }) {
  return sort === 'top' ? (
    <CardEmpty title="Nothing sold in this period">
      There was no order from {dayRange(period.from, period.to)}. Choose other days above.
    </CardEmpty>
  ) : (
    <CardEmpty title="Nothing fell">
      No product brought less than in {dayRange(period.previous_from, period.previous_to)}.
    </CardEmpty>
  );
}

function Table({ data: { products, period }, onChoose }: { data: ProductReport; onChoose: (product: string) => void }) {
  const before = dayRangeShort(period.previous_from, period.previous_to, period.to);
  const columns: [Column<ProductReportRow>, ...Column<ProductReportRow>[]] = [
    {
      key: 'product',
      head: 'Product',
      className: 'min-w-44 max-w-80',
      value: ({ product_name: name }) => name,
      cell: ({ product_id: id, product_name: name, is_active: active }) => (
        <>
          <button type="button" className="line-clamp-2 text-left text-accent hover:underline" onClick={() => onChoose(id)}>{name}</button>
          {active === false && <span className="text-xs text-ink-3">no longer offered</span>}
        </>
      ),
    },
    {
      key: 'revenue',
      head: 'Net revenue',
      align: 'right',
      cell: ({ net_revenue: net }) => <span className="font-medium">{money(net, period.currency)}</span>,
      value: ({ net_revenue: net }) => net,
    },
    {
      key: 'change',
      head: `against ${before}`,
      align: 'right',
      cell: (row) => <Change row={row} currency={period.currency} />,
      value: ({ change_net_revenue: change }) => change,
    },
    { key: 'units', head: 'Units', align: 'right', cell: ({ units }) => count(units), value: ({ units }) => units },
    { key: 'orders', head: 'Orders', align: 'right', cell: ({ orders }) => count(orders), value: ({ orders }) => orders },
    {
      key: 'available',
      head: 'In stock',
      align: 'right',
      cell: ({ available }) => (available === null ? <span title="The stock is not known.">–</span> : count(available)),
      value: ({ available }) => available,
    },
    {
      key: 'left',
      head: 'Lasts',
      cell: ({ available, days_of_stock_left: left }) => <DaysLeft available={available} daysLeft={left} />,
      value: ({ days_of_stock_left: left }) => left,
    },
  ];
  return (
    <DataTable
      caption={`Products, ${dayRange(period.from, period.to)}, against ${before}`}
      columns={columns}
      rows={products}
      rowKey={({ product_id: id }) => id}
      maxHeight="max-h-[44rem]"
    />
  );
}

function Change({ row, currency }: { row: ProductReportRow; currency: string }) {
  const { change_net_revenue: change, change_percent: share } = row;
  if (change === 0) return <span className="text-ink-2">unchanged</span>;
  const up = change > 0;
  return (
    <span className={`inline-flex items-center gap-1 ${up ? 'text-good' : 'text-bad'}`}>
      <Icon name={up ? 'up' : 'down'} className="size-3" />
      {signedMoney(change, currency)}
      {share !== null && <span className="text-ink-3"> ({signedPercent(share)})</span>}
    </span>
  );
}

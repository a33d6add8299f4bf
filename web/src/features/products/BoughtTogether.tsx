import { ApiError } from '../../api/errors';
import type { BoughtTogether as Together, BoughtTogetherRow } from '../../api/types';
import { Card, CardBody, CardEmpty } from '../../components/Card';
import { Choice } from '../../components/Choice';
import { CsvButton } from '../../components/CsvButton';
import { DataTable, type Column } from '../../components/DataTable';
import { useSearchChoice } from '../../lib/address';
import { count, dayRange, decimal, plural } from '../../lib/format';
import { afterDays, type Days } from '../../live/useDays';
import { useLiveRead } from '../../live/useLiveRead';
import { ProductLink } from './ProductLink';

const path = '/analytics/reports/bought-together';
// A few days hold too few orders to tell a habit from chance, so all of them are looked at first.
const spans = ['all', 'days'] as const;

interface BoughtTogetherProps {
  id: string;
  days: Days;
  wide: boolean;
}

export function BoughtTogether({ id, days, wide }: BoughtTogetherProps) {
  const [span, setSpan] = useSearchChoice('together', spans);
  const range = span === 'all' ? {} : days.bounds;
  const params = range === null ? null : { product_id: id, limit: '10', ...range };
  const answer = useLiveRead<Together>(path, params);
  const query = span === 'all' ? answer : afterDays(days, answer);
  return (
    <Card
      title="Bought together"
      icon="spark"
      className={wide ? '' : 'xl:col-span-2'}
      actions={
        <div className="flex flex-wrap items-center gap-2">
          <Choice label="Orders looked at" choices={[['all', 'All orders'], ['days', 'Days shown']]} value={span} onChange={setSpan} />
          {params && answer.data && <CsvButton request={{ path, params }} fileName={`bought together ${answer.data.period.from} to ${answer.data.period.to}`} />}
        </div>
      }
    >
      {query.error instanceof ApiError && query.error.status === 404 ? (
        <CardEmpty title="Never ordered so far">What is in one order with it is listed here from its first order on.</CardEmpty>
      ) : (
        <CardBody query={query} skeleton={<div className="skeleton h-56 w-full" />}>
          {(data) => (
            <div aria-busy={answer.isPlaceholderData} className={answer.isPlaceholderData ? 'opacity-60' : ''}>
              <Companions data={data} />
            </div>
          )}
        </CardBody>
      )}
    </Card>
  );
}

function Companions({ data }: { data: Together }) {
  const { companions, product_orders: orders, period } = data;
  const [first] = companions;
  const where = dayRange(period.from, period.to);
  if (!first) {
    return (
      <CardEmpty title={orders === 0 ? 'Not ordered in these days' : 'Always bought alone'}>
        {orders === 0
          ? `No order from ${where} holds this product.`
          : `${plural(orders, 'order')} from ${where} hold this product, and none of them anything else.`}
      </CardEmpty>
    );
  }
  return (
    <>
      <p className="mb-3 text-[0.8125rem] leading-relaxed text-ink-2">
        {plural(orders, 'order')} held this product, {where}. In {count(first.orders_together)} of them was also{' '}
        <span className="text-ink">{first.product_name}</span>: {times(first.lift)} as often as chance alone would put them together.
      </p>
      <DataTable caption={`Products that are in one order with it, ${where}`} columns={columns} rows={companions} rowKey={(row) => row.product_id} />
    </>
  );
}

const times = (lift: number): string => `${decimal(lift)}×`;
/** With both decimals: of all orders a pair is in few. */
const share = (percentage: number): string => `${decimal(percentage)}%`;

const columns: [Column<BoughtTogetherRow>, ...Column<BoughtTogetherRow>[]] = [
  {
    key: 'product',
    head: 'Product',
    className: 'min-w-44',
    value: (row) => row.product_name,
    cell: (row) => <ProductLink id={row.product_id} name={row.product_name} />,
  },
  {
    key: 'together',
    head: 'Orders together',
    hint: 'Orders that hold both products.',
    align: 'right',
    value: (row) => row.orders_together,
    cell: (row) => <span className="font-medium">{count(row.orders_together)}</span>,
  },
  {
    key: 'confidence',
    head: 'Join it',
    hint: 'Confidence: of the orders that hold the product chosen, the share that holds this one too.',
    align: 'right',
    value: (row) => row.confidence,
    cell: (row) => share(row.confidence),
  },
  {
    key: 'support',
    head: 'Of all orders',
    hint: 'Support: of all orders, the share that holds both.',
    align: 'right',
    value: (row) => row.support,
    cell: (row) => share(row.support),
  },
  {
    key: 'lift',
    head: 'Against chance',
    hint: 'Lift: how many times as often they are together as if nobody cared what goes with what. 1× is chance; less than 1× means that they rather replace each other.',
    align: 'right',
    value: (row) => row.lift,
    cell: (row) => times(row.lift),
  },
];

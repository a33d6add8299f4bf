import type { BoughtTogether } from '../../api/types';
import { Card, CardBody, CardEmpty } from '../../components/Card';
import { CsvButton } from '../../components/CsvButton';
import { DataTable } from '../../components/DataTable';
import { useSearchParam } from '../../lib/address';
import { count, decimal, percent, plural } from '../../lib/format';
import { useLiveRead } from '../../live/useLiveRead';

const path = '/analytics/reports/bought-together';

/** What stands in one order with it most often, over all time. */
export function BoughtTogetherCard({ id }: { id: string }) {
  const params = { product_id: id, limit: '10' };
  const answer = useLiveRead<BoughtTogether>(path, params);
  const [, choose] = useSearchParam('product');
  return (
    <Card title="Bought together" icon="compare" actions={<CsvButton request={{ path, params }} fileName={`bought together with ${id}`} />}>
      <CardBody query={answer} skeleton={<div className="skeleton h-72 w-full" />}>
        {(data) =>
          data.companions.length === 0 ? (
            <CardEmpty title="Always bought alone so far">Products that stand in one order with it are listed here.</CardEmpty>
          ) : (
            <>
              <p className="mb-3 text-[0.8125rem] leading-relaxed text-ink-2">
                It stands in {plural(data.product_orders, 'order')} of {count(data.all_orders)}. “Times chance” is how much oftener the two
                are in one order than if nobody cared (lift).
              </p>
              <DataTable
                caption={`Bought together with ${data.product_name}`}
                columns={[
                  {
                    key: 'product',
                    head: 'Product',
                    className: 'min-w-40',
                    cell: ({ product_id: other, product_name: name }) => (
                      <button type="button" className="line-clamp-2 text-left text-accent hover:underline" onClick={() => choose(other)}>{name}</button>
                    ),
                    value: ({ product_name: name }) => name,
                  },
                  { key: 'together', head: 'Orders', align: 'right', cell: (row) => count(row.orders_together), value: (row) => row.orders_together },
                  {
                    key: 'confidence',
                    head: 'Also buy it',
                    align: 'right',
                    cell: (row) => <span title="Of the orders with the first product, so many hold this one too (confidence).">{percent(row.confidence)}</span>,
                    value: (row) => row.confidence,
                  },
                  {
                    key: 'lift',
                    head: 'Times chance',
                    align: 'right',
                    cell: (row) => decimal(row.lift),
                    value: (row) => row.lift,
                  },
                ]}
                rows={data.companions}
                rowKey={({ product_id: other }) => other}
                maxHeight="max-h-80"
              />
            </>
          )
        }
      </CardBody>
    </Card>
  );
}

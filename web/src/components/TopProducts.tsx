import type { Dashboard } from '../api/types';
import { addressOf, useSearch } from '../lib/address';
import { count, dayRangeShort, money, plural } from '../lib/format';
import { BarList } from './BarList';
import { Card, CardBody, CardEmpty } from './Card';
import type { CardQuery } from './query';

/** Each product's bar is its share of the strongest one's revenue. */
export function TopProducts({ query }: { query: CardQuery<Dashboard> }) {
  const search = useSearch();
  return (
    <Card title="Top products" icon="ranking">
      <CardBody query={query} skeleton={<Skeleton />}>
        {({ top_products: products, period }) => {
          if (products.length === 0) {
            return (
              <CardEmpty title="Nothing sold in this period">
                The products that bring the most revenue are listed here as soon as one is ordered.
              </CardEmpty>
            );
          }
          return (
            <BarList
              caption={`Products by net revenue, ${dayRangeShort(period.from, period.to)}`}
              head="Product"
              hrefOf={({ key }) => addressOf('/products', search, { product: key })}
              rows={products.map((product) => ({
                key: product.product_id,
                name: product.product_name,
                share: product.total_revenue,
                product,
              }))}
              columns={[
                {
                  key: 'units',
                  head: 'Units',
                  cell: ({ product }) => (
                    <span title={`in ${plural(product.order_count, 'order')}`}>{count(product.total_quantity)}</span>
                  ),
                },
                { key: 'revenue', head: 'Revenue', strong: true, cell: ({ product }) => money(product.total_revenue, period.currency) },
              ]}
            />
          );
        }}
      </CardBody>
    </Card>
  );
}

function Skeleton() {
  return (
    <div className="space-y-4">
      {[90, 78, 70, 62, 55, 48, 40, 32].map((width) => (
        <div key={width}>
          <div className="skeleton h-3" style={{ width: `${width}%` }} />
          <div className="skeleton mt-2 h-1.5 w-full" />
        </div>
      ))}
    </div>
  );
}

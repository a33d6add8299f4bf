import type { Dashboard } from '../api/types';
import { count, dayRangeShort, money } from '../lib/format';
import { Card, CardBody, CardEmpty } from './Card';
import type { CardQuery } from './query';

/** A real table that looks like a bar list: each row's bar is its share of the strongest product's revenue. */
export function TopProducts({ query }: { query: CardQuery<Dashboard> }) {
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
          const strongest = Math.max(...products.map((product) => product.total_revenue), 0);
          return (
            <table className="w-full grow text-[0.8125rem]">
              <caption className="sr-only">
                Products by net revenue, {dayRangeShort(period.from, period.to)}
              </caption>
              <thead className="text-xs text-ink-3">
                <tr>
                  <th scope="col" className="pb-2 text-left font-medium">Product</th>
                  <th scope="col" className="pb-2 pl-3 text-right font-medium">Units</th>
                  <th scope="col" className="pb-2 pl-3 text-right font-medium">Revenue</th>
                </tr>
              </thead>
              <tbody className="figure">
                {products.map((product) => {
                  const share = strongest > 0 ? Math.max(0, product.total_revenue / strongest) : 0;
                  return (
                    <tr key={product.product_id} className="align-top">
                      <th scope="row" className="w-full max-w-0 pb-2.5 text-left font-normal">
                        <span className="line-clamp-2">{product.product_name}</span>
                        <span aria-hidden="true" className="mt-1.5 block h-1.5 overflow-hidden rounded-full bg-fill">
                          <span
                            className="block h-full rounded-full bg-linear-to-r from-(--plot-net) to-(--plot-gross)"
                            style={{ width: `${share * 100}%` }}
                          />
                        </span>
                      </th>
                      <td className="pl-3 text-right text-ink-2" title={`in ${count(product.order_count)} orders`}>
                        {count(product.total_quantity)}
                      </td>
                      <td className="pl-3 text-right font-medium whitespace-nowrap">
                        {money(product.total_revenue, period.currency)}
                      </td>
                    </tr>
                  );
                })}
              </tbody>
            </table>
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

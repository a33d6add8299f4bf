import { useEffect, useId, useRef } from 'react';
import { ApiError } from '../../api/errors';
import type { Product, ProductReport } from '../../api/types';
import { Boundary } from '../../components/Boundary';
import { CardBody } from '../../components/Card';
import { Icon } from '../../components/Icon';
import { pickFrom, type CardQuery } from '../../components/query';
import { changeSearch } from '../../lib/address';
import { money } from '../../lib/format';
import type { Days } from '../../live/useDays';
import { useLiveRead } from '../../live/useLiveRead';
import { isStaff } from '../../session/roles';
import { useAccount } from '../../session/useAccount';
import { BoughtTogether } from './BoughtTogether';
import { ProductSales } from './ProductSales';
import { StockCard } from './StockCard';
import { InactiveBadge, StockLabel } from './StockLabel';

interface ProductPanelProps {
  id: string;
  days: Days;
  /** The report beside it, which may hold the product. */
  report: ProductReport | undefined;
}

/** One product: what it is, what it brings, where its units are and what goes with it. */
export function ProductPanel({ id, days, report }: ProductPanelProps) {
  const { role } = useAccount();
  const staff = isStaff(role);
  const product = useLiveRead<{ product: Product }>(`/products/${id}`, {});
  return (
    <section aria-label="The product chosen" className="mb-4 space-y-4">
      <Heading id={id} query={pickFrom(product, (data) => data.product)} currency={days.period?.currency} report={report} />
      <div className="grid gap-4 xl:grid-cols-3">
        <ProductSales id={id} days={days} />
        {staff && <StockCard id={id} />}
        <BoughtTogether id={id} days={days} wide={!staff} />
      </div>
    </section>
  );
}

interface HeadingProps {
  id: string;
  query: CardQuery<Product>;
  currency: string | undefined;
  report: ProductReport | undefined;
}

function Heading({ id, query, currency, report }: HeadingProps) {
  const label = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus();
  }, []);
  const row = report?.products.find(({ product_id: other }) => other === id);
  const name = query.data?.name ?? row?.product_name;
  return (
    <div className="card flex flex-wrap items-start justify-between gap-x-4 gap-y-3 p-4 sm:p-5">
      <div className="min-w-0 flex-1">
        <h2 ref={heading} id={label} tabIndex={-1} title={name} className="line-clamp-2 scroll-mt-24 text-xl font-semibold tracking-tight outline-none">
          {name ?? 'A product'}
        </h2>
        <Boundary>
          {query.error instanceof ApiError && query.error.status === 404 && query.data === undefined ? (
            <p className="mt-1 text-[0.8125rem] text-ink-2">
              The catalogue shows no such product: it was taken out, or the address is wrong. What it sold stays in the figures.
            </p>
          ) : (
            <CardBody query={query} skeleton={<div className="skeleton mt-2 h-5 w-72 max-w-full" />}>
              {(product) => <Facts product={product} currency={currency} days={row?.days_of_stock_left} />}
            </CardBody>
          )}
        </Boundary>
      </div>
      <button type="button" className="button" onClick={() => changeSearch({ product: null })}>
        <Icon name="close" />
        Close
      </button>
    </div>
  );
}

interface FactsProps {
  product: Product;
  currency: string | undefined;
  /** Undefined where the report doesn't hold the product. */
  days: number | null | undefined;
}

function Facts({ product, currency, days }: FactsProps) {
  const price = Number(product.price);
  return (
    <dl className="figure mt-2 flex flex-wrap items-baseline gap-x-6 gap-y-1.5 text-[0.8125rem] *:flex *:items-baseline *:gap-2">
      <div>
        <dt className="text-ink-3">Price</dt>
        <dd className="font-medium">{currency === undefined ? product.price : money(price, currency)}</dd>
      </div>
      <div>
        <dt className="text-ink-3">Category</dt>
        <dd>{product.category_name ?? <span title="The product has no category.">–</span>}</dd>
      </div>
      {product.sku !== null && (
        <div>
          <dt className="text-ink-3">SKU</dt>
          <dd className="font-mono text-xs break-all">{product.sku}</dd>
        </div>
      )}
      <div>
        <dt className="text-ink-3">In stock</dt>
        <dd className="flex flex-wrap items-center gap-x-2">
          <span className="font-medium">{product.inventory_count}</span>
          {days !== undefined && <StockLabel available={product.inventory_count} days={days} />}
        </dd>
      </div>
      {!product.is_active && (
        <div>
          <dt className="sr-only">State</dt>
          <dd><InactiveBadge /></dd>
        </div>
      )}
    </dl>
  );
}

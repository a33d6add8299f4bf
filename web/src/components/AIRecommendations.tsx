import { useState } from 'react';
import { useModelStatus, usePopularProducts, useSimilarProducts, type LiveOptions } from '../api/queries';
import type { ModelStatus, PopularProducts } from '../api/types';
import { count, decimal, plural } from '../lib/format';
import { useNow } from '../lib/useNow';
import { Card, CardBody, CardEmpty } from './Card';
import { Icon } from './Icon';
import { Moment } from './Moment';

const shownProducts = 8;
const shownSimilar = 4;

export function AIRecommendations({ live }: { live: LiveOptions }) {
  const popular = usePopularProducts(shownProducts, live);
  return (
    <Card
      title="AI recommendations"
      icon="spark"
      actions={
        <span className="rounded-md bg-linear-to-r from-(--plot-net) to-(--plot-gross) px-1.5 py-0.5 text-[0.6875rem] font-bold tracking-wide text-(--page)">
          <abbr title="made by machine learning" className="no-underline">ML</abbr>
        </span>
      }
    >
      <CardBody query={popular} skeleton={<Skeleton />}>
        {(data) => (data.count === 0 ? <Nothing /> : <Popular data={data} />)}
      </CardBody>
      <ModelLine live={live} />
    </Card>
  );
}

function Nothing() {
  return (
    <CardEmpty title="Nothing to recommend yet">
      Recommendations are learnt from orders. They appear once the first ones are placed or imported.
    </CardEmpty>
  );
}

function Popular({ data }: { data: PopularProducts }) {
  const [open, setOpen] = useState<string | null>(null);
  return (
    <>
      <p className="mb-2 text-xs text-ink-3">
        Worth showing to everyone now · <Algorithm name={data.algorithm} />
      </p>
      <ol className="-mx-2 flex grow flex-col justify-between">
        {data.popular_products.map((product, index) => {
          const expanded = open === product.product_id;
          return (
            <li key={product.product_id} className={`rounded-lg ${expanded ? 'bg-fill' : ''}`}>
              <button
                type="button"
                aria-expanded={expanded}
                className="flex w-full items-center gap-3 rounded-lg px-2 py-2 text-left text-[0.8125rem] hover:bg-fill"
                onClick={() => setOpen(expanded ? null : product.product_id)}
              >
                <span aria-hidden="true" className="figure w-4 text-right text-xs text-ink-3">{index + 1}</span>
                <span className="min-w-0 grow">
                  <span className="line-clamp-2">{product.product_name}</span>
                  <span className="figure block text-xs text-ink-3">
                    {count(product.total_sold)} sold in {plural(product.order_count, 'order')}
                  </span>
                </span>
                <Icon name="chevron" className={`size-4 text-ink-3 ${expanded ? 'rotate-180' : ''}`} />
              </button>
              {expanded && <BoughtTogether productId={product.product_id} name={product.product_name} />}
            </li>
          );
        })}
      </ol>
    </>
  );
}

function BoughtTogether({ productId, name }: { productId: string; name: string }) {
  const similar = useSimilarProducts(productId, shownSimilar);
  return (
    <div className="flex flex-col px-2 pb-3 pl-9">
      <CardBody query={similar} skeleton={<div className="skeleton h-16 w-full" />}>
        {(data) =>
          data.count === 0 ? (
            <p className="text-xs text-ink-2">No product is bought together with this one often enough yet.</p>
          ) : (
            <>
              <p className="mb-1.5 text-xs text-ink-3">
                Goes with it · <Algorithm name={data.algorithm} />
              </p>
              <ul aria-label={`Goes with ${name}`} className="space-y-1 text-xs">
                {data.similar_products.map((product) => (
                  <li key={product.product_id} className="flex justify-between gap-3">
                    <span className="line-clamp-2">{product.product_name}</span>
                    {product.similarity > 0 ? (
                      <span className="figure shrink-0 text-ink-2">
                        <span className="sr-only">similarity </span>
                        {decimal(product.similarity)}
                      </span>
                    ) : (
                      <span className="shrink-0 text-ink-3">{product.reason.text}</span>
                    )}
                  </li>
                ))}
              </ul>
            </>
          )
        }
      </CardBody>
    </div>
  );
}

/** The algorithm as the server names it, in readable form. */
function Algorithm({ name }: { name: string }) {
  return <span className="whitespace-nowrap">{name.replaceAll('_', ' ')}</span>;
}

function ModelLine({ live }: { live: LiveOptions }) {
  const model = useModelStatus(live);
  return (
    <div className="mt-3 border-t border-line pt-3 text-xs text-ink-2">
      <CardBody query={model} skeleton={<div className="skeleton h-4 w-2/3" />}>
        {(status) => <ModelFacts status={status} />}
      </CardBody>
    </div>
  );
}

function ModelFacts({ status }: { status: ModelStatus }) {
  const now = useNow(10_000);
  if (!status.is_trained || status.trained_at === null) {
    return <p>The model has not been trained yet.</p>;
  }
  return (
    <p className="leading-relaxed">
      <span className="text-ink">{status.algorithm.replaceAll('_', ' ')}</span> v{count(status.model_version)} · trained{' '}
      <Moment at={status.trained_at} now={now} /> · {status.events_behind === 0 ? 'up to date' : `${plural(status.events_behind, 'event')} behind`}
      <span className="block text-ink-3">
        {plural(status.orders_count, 'order')}, {plural(status.products_count, 'product')},{' '}
        {plural(status.users_count, 'customer')}
      </span>
    </p>
  );
}

function Skeleton() {
  return (
    <div className="space-y-4">
      {[0, 1, 2, 3, 4, 5, 6, 7].map((row) => (
        <div key={row}>
          <div className="skeleton h-4 w-4/5" />
          <div className="skeleton mt-2 h-3 w-1/3" />
        </div>
      ))}
    </div>
  );
}

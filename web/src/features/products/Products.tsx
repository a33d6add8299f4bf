import { findProducts } from '../../api/products';
import { PeriodPage } from '../../components/PeriodPage';
import { Picker } from '../../components/Picker';
import { useSearchParam } from '../../lib/address';
import { useLive } from '../../live/LiveProvider';
import { useDays } from '../../live/useDays';
import { ProductPanel } from './ProductPanel';
import { ProductTable } from './ProductTable';

/** What sells and what no longer does, how long the stock lasts, and one product from near. */
export default function Products() {
  const days = useDays();
  const { paused } = useLive();
  const [product, setProduct] = useSearchParam('product');
  return (
    <PeriodPage title="Products" query={{ ...days, data: days.period && { period: days.period } }} paused={paused} outdated={days.outdated}>
      <div className="mb-4 max-w-md">
        <Picker
          label="Find a product"
          placeholder="Find a product by its name…"
          name="products"
          find={findProducts}
          keyOf={({ id }) => id}
          show={({ name, sku }) => (
            <span className="flex justify-between gap-3">
              <span className="min-w-0 truncate">{name}</span>
              {sku !== null && <span className="shrink-0 text-xs text-ink-3">{sku}</span>}
            </span>
          )}
          onChoose={({ id }) => setProduct(id)}
        />
      </div>
      {product !== null && (
        <div className="mb-4">
          <ProductPanel key={product} id={product} days={days} onClose={() => setProduct(null)} />
        </div>
      )}
      <ProductTable days={days} onChoose={setProduct} />
    </PeriodPage>
  );
}

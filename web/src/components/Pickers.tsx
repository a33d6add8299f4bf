import { findAccounts, nameOf } from '../api/accounts';
import { findProducts } from '../api/products';
import type { Account, Product } from '../api/types';
import { Picker } from './Picker';

interface ChooserProps<T> {
  label: string;
  placeholder: string;
  onChoose: (item: T) => void;
}

/** Finds one of the shop's products by its name. */
export const ProductPicker = (props: ChooserProps<Product>) => (
  <Picker {...props} name="products" find={findProducts} keyOf={({ id }) => id} show={(product) => <FoundProduct product={product} />} />
);

/** Finds an account by how its name or e-mail begins; for staff. */
export const AccountPicker = (props: ChooserProps<Account>) => (
  <Picker {...props} name="accounts" find={findAccounts} keyOf={({ id }) => id} show={(account) => <FoundAccount account={account} />} />
);

function FoundProduct({ product: { name, sku } }: { product: Product }) {
  return (
    <span className="flex items-baseline justify-between gap-3">
      <span className="min-w-0 truncate" title={name}>{name}</span>
      {sku !== null && <span className="shrink-0 font-mono text-xs text-ink-3">{sku}</span>}
    </span>
  );
}

function FoundAccount({ account }: { account: Account }) {
  const name = nameOf(account);
  return (
    <span className="block min-w-0">
      <span className="block truncate" title={name}>{name}</span>
      {name !== account.email && <span className="block truncate text-xs text-ink-3" title={account.email}>{account.email}</span>}
    </span>
  );
}

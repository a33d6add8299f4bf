import { useQueries } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useAccounts } from '../../api/accounts';
import { get } from '../../api/client';
import type { Product } from '../../api/types';
import { CustomerName } from '../../components/CustomerName';
import { Icon } from '../../components/Icon';
import { AccountPicker, ProductPicker } from '../../components/Pickers';
import { changeSearch } from '../../lib/address';
import { shortId } from '../../lib/format';
import { mostInBasket, type Wishes } from './tryQuestion';

/** Finds what is asked about, and shows what was chosen. */
export function SubjectFields({ wishes }: { wishes: Wishes }) {
  const { subject, product, basket, customer } = wishes;
  if (subject === 'everyone') return null;
  if (subject === 'customer') {
    return (
      <Fields chosen={customer === null ? null : <ChosenCustomer id={customer} />}>
        <AccountPicker
          label="Find a customer"
          placeholder="Find a customer by name or e-mail…"
          onChoose={({ id }) => changeSearch({ customer: id })}
        />
      </Fields>
    );
  }
  const chosen = subject === 'basket' ? basket : product === null ? [] : [product];
  const set = (ids: readonly string[]) =>
    changeSearch(subject === 'basket' ? { basket: ids.length === 0 ? null : ids.join(',') } : { product: ids[0] ?? null });
  return (
    <Fields chosen={chosen.length === 0 ? null : <ChosenProducts ids={chosen} onRemove={(id) => set(chosen.filter((other) => other !== id))} />}>
      <ProductPicker
        label={subject === 'basket' ? 'Put a product into the basket' : 'Find a product'}
        placeholder={subject === 'basket' ? 'Put a product into the basket…' : 'Find a product by its name…'}
        onChoose={({ id }) => set(subject === 'basket' ? [...new Set([...chosen, id])].slice(0, mostInBasket) : [id])}
      />
    </Fields>
  );
}

function Fields({ children, chosen }: { children: ReactNode; chosen: ReactNode }) {
  return (
    <div className="mb-3 flex flex-col gap-3 sm:flex-row sm:flex-wrap sm:items-center">
      <div className="w-full sm:max-w-sm">{children}</div>
      {chosen}
    </div>
  );
}

function ChosenProducts({ ids, onRemove }: { ids: readonly string[]; onRemove: (id: string) => void }) {
  const names = useQueries({
    queries: ids.map((id) => ({
      queryKey: ['product', id],
      queryFn: async ({ signal }: { signal: AbortSignal }) => (await get<{ product: Product }>(`/products/${encodeURIComponent(id)}`, { signal })).product.name,
      staleTime: 5 * 60_000,
    })),
  });
  return (
    <ul aria-label="Asked about" className="flex min-w-0 flex-wrap gap-1.5">
      {ids.map((id, index) => {
        const name = names[index]?.data ?? shortId(id);
        return (
          <li key={id} className="min-w-0">
            <Chip name={name} onRemove={() => onRemove(id)}>{name}</Chip>
          </li>
        );
      })}
    </ul>
  );
}

function ChosenCustomer({ id }: { id: string }) {
  const account = useAccounts([id], true).get(id);
  return (
    <Chip name="the customer" onRemove={() => changeSearch({ customer: null })}>
      <CustomerName id={id} account={account} />
    </Chip>
  );
}

function Chip({ name, onRemove, children }: { name: string; onRemove: () => void; children: ReactNode }) {
  return (
    <span className="inline-flex max-w-full min-w-0 items-center gap-1 rounded-lg bg-accent-soft pl-2.5 text-[0.8125rem]">
      <span className="min-w-0 truncate">{children}</span>
      <button type="button" className="grid size-8 shrink-0 place-items-center rounded-lg hover:bg-fill-strong" aria-label={`Take ${name} away`} onClick={onRemove}>
        <Icon name="close" className="size-3.5" />
      </button>
    </span>
  );
}

import { useQuery } from '@tanstack/react-query';
import { get } from '../../api/client';
import { Field } from '../../components/Field';
import { changeSearch } from '../../lib/address';
import { diversities, limits, type Wishes } from './tryQuestion';

const varieties: Record<(typeof diversities)[number], string> = { '0': 'Best only', '0.3': 'Some variety', '0.7': 'Much variety' };

/** How the answer is wished. The first of each is the usual one and leaves no trace in the address. */
export function TryOptions({ wishes }: { wishes: Wishes }) {
  const categories = useCategories();
  return (
    <div className="mb-4 grid grid-cols-2 gap-3 sm:flex sm:flex-wrap sm:items-end">
      <Field label="How many">
        {(control) => (
          <select {...control} className="field text-[0.8125rem]! sm:w-24!" value={wishes.limit} onChange={({ target }) => changeSearch({ limit: target.value === limits[0] ? null : target.value })}>
            {[...limits].sort((a, b) => Number(a) - Number(b)).map((limit) => <option key={limit}>{limit}</option>)}
          </select>
        )}
      </Field>
      <Field label="Variety">
        {(control) => (
          <select {...control} className="field text-[0.8125rem]! sm:w-52!" value={wishes.diversity} onChange={({ target }) => changeSearch({ variety: target.value === diversities[0] ? null : target.value })}>
            {diversities.map((diversity) => <option key={diversity} value={diversity}>{varieties[diversity]}</option>)}
          </select>
        )}
      </Field>
      <Field label="Category">
        {(control) => (
          <select {...control} className="field text-[0.8125rem]! sm:w-52!" value={wishes.category ?? ''} onChange={({ target }) => changeSearch({ category: target.value === '' ? null : target.value })}>
            <option value="">All categories</option>
            {withChosen(categories, wishes.category).map((category) => <option key={category}>{category}</option>)}
          </select>
        )}
      </Field>
      {wishes.subject === 'customer' && (
        <label className="flex min-h-10 items-center gap-2 text-[0.8125rem]">
          <input type="checkbox" className="size-4 accent-(--accent)" checked={wishes.newOnly} onChange={({ target }) => changeSearch({ new: target.checked ? '1' : null })} />
          Only what is new to them
        </label>
      )}
    </div>
  );
}

/** One that the address names is shown as chosen, also when no product is of it any more. */
const withChosen = (categories: readonly string[], chosen: string | null): readonly string[] =>
  chosen === null || categories.includes(chosen) ? categories : [chosen, ...categories];

function useCategories(): readonly string[] {
  const { data } = useQuery({
    queryKey: ['categories'],
    queryFn: async ({ signal }) => (await get<{ categories: string[] }>('/products/categories/all', { signal })).categories,
    staleTime: 5 * 60_000,
  });
  return data ?? [];
}

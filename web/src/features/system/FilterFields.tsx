import { Field } from '../../components/Field';
import { Icon } from '../../components/Icon';
import { freshFilter, mostFilters, type FilterDraft } from './alertDraft';
import type { DraftFieldsProps } from './ConditionFields';

const dimensions: Record<FilterDraft['dimension'], { name: string; values: string }> = {
  category: { name: 'categories', values: 'Names of categories, one a line' },
  product: { name: 'products', values: 'Ids of products, one a line' },
  customer: { name: 'customers', values: 'Ids of customers, one a line' },
  status: { name: 'statuses', values: 'Statuses of orders, one a line' },
};

/** Which part of the shop an alert looks at. */
export function FilterFields({ draft: { filters }, change, wrong }: DraftFieldsProps) {
  const replace = (key: number, part: Partial<FilterDraft>) =>
    change({ filters: filters.map((filter) => (filter.key === key ? { ...filter, ...part } : filter)) });
  return (
    <fieldset className="space-y-3">
      <legend className="mb-1 text-xs text-ink-2">{filters.length === 0 ? 'Looks at all orders' : 'Looks at these orders only'}</legend>
      {filters.map((filter, index) => (
        <FilterRow
          key={filter.key}
          filter={filter}
          number={index + 1}
          problem={wrong(`filters[${index}].values`) ?? wrong(`filters[${index}].dimension`) ?? wrong(`filters[${index}]`)}
          change={(part) => replace(filter.key, part)}
          remove={() => change({ filters: filters.filter(({ key }) => key !== filter.key) })}
        />
      ))}
      {filters.length < mostFilters && (
        <button
          type="button"
          className="button"
          onClick={() => change({ filters: [...filters, freshFilter(Math.max(-1, ...filters.map(({ key }) => key)) + 1)] })}
        >
          <Icon name="plus" />
          Add a filter
        </button>
      )}
    </fieldset>
  );
}

interface FilterRowProps {
  filter: FilterDraft;
  number: number;
  problem: string | undefined;
  change: (part: Partial<FilterDraft>) => void;
  remove: () => void;
}

function FilterRow({ filter, number, problem, change, remove }: FilterRowProps) {
  const { dimension, exclude, lines, nobody } = filter;
  return (
    <div className="space-y-2 rounded-xl border border-line p-3">
      <div className="flex gap-2">
        <select
          className="field min-w-0 grow"
          aria-label={`Filter ${number}: these or all others`}
          value={exclude ? 'exclude' : 'only'}
          onChange={(event) => change({ exclude: event.target.value === 'exclude' })}
        >
          <option value="only">only these</option>
          <option value="exclude">all but these</option>
        </select>
        <select
          className="field min-w-0 grow"
          aria-label={`Filter ${number}: of what`}
          value={dimension}
          onChange={(event) => change({ dimension: event.target.value as FilterDraft['dimension'] })}
        >
          {Object.entries(dimensions).map(([value, { name }]) => <option key={value} value={value}>{name}</option>)}
        </select>
        <button type="button" className="button button-icon shrink-0" aria-label={`Remove filter ${number}`} onClick={remove}>
          <Icon name="close" />
        </button>
      </div>
      <Field label={dimensions[dimension].values} problem={problem}>
        {(control) => <textarea {...control} rows={2} value={lines} onChange={(event) => change({ lines: event.target.value })} />}
      </Field>
      {dimension === 'customer' && (
        <label className="flex items-center gap-3 text-[0.8125rem]">
          <input type="checkbox" className="size-4 accent-(--accent)" checked={nobody} onChange={(event) => change({ nobody: event.target.checked })} />
          And orders that name no customer
        </label>
      )}
    </div>
  );
}

import { useEffect, useId, useState, type ReactNode } from 'react';
import { nameOf } from '../../api/accounts';
import type { Account } from '../../api/types';
import { Icon } from '../../components/Icon';
import { StatusLabel } from '../../components/OrderStatus';
import { AccountPicker } from '../../components/Pickers';
import { changeSearch } from '../../lib/address';
import { shortId } from '../../lib/format';
import { useDelayed } from '../../lib/useDelayed';
import { isFiltered, noFilters, searchProblem, statuses, writeFilters, type Filters } from './filters';

const settleMs = 300;

/** For what is typed: the way back doesn't lead through single letters and digits. */
const inPlace = { replace: true };

interface FilterBarProps {
  filters: Filters;
  /** Undefined as long as it isn't known who that is. */
  customer: Account | undefined;
}

/** Everything that narrows the list; all of it is in the address. */
export function FilterBar({ filters, customer }: FilterBarProps) {
  return (
    <search aria-label="Filter orders" className="card z-20 mb-4 flex flex-col gap-3 p-4">
      <div className="flex flex-wrap items-start gap-3">
        <NumberSearch value={filters.search} />
        <div className="w-full sm:w-64">
          {filters.customer === null ? (
            <AccountPicker
              label="Customer"
              placeholder="Customer: name or e-mail…"
              onChoose={({ id }) => changeSearch(writeFilters({ customer: id }))}
            />
          ) : (
            <Chip label={`Customer ${customer ? nameOf(customer) : shortId(filters.customer)}`} onRemove={() => changeSearch(writeFilters({ customer: null }))}>
              <Icon name="user" className="size-3.5" />
              <span className="truncate" title={customer?.email ?? filters.customer}>{customer ? nameOf(customer) : shortId(filters.customer)}</span>
            </Chip>
          )}
        </div>
        <Days since={filters.since} until={filters.until} />
        {isFiltered(filters) && (
          <button type="button" className="button" onClick={() => changeSearch(writeFilters(noFilters))}>Clear all</button>
        )}
      </div>
      <Statuses chosen={filters.statuses} />
    </search>
  );
}

function Statuses({ chosen }: { chosen: Filters['statuses'] }) {
  return (
    <div role="group" aria-label="Status" className="flex flex-wrap gap-1.5">
      {statuses.map((status) => {
        const on = chosen.includes(status);
        return (
          <button
            key={status}
            type="button"
            aria-pressed={on}
            className="inline-flex min-h-8 items-center rounded-full border border-line px-3 text-[0.8125rem] text-ink-2 hover:bg-fill aria-pressed:border-transparent aria-pressed:bg-accent-soft aria-pressed:font-semibold aria-pressed:text-ink"
            // In the order of an order's life, whichever was chosen first.
            onClick={() => changeSearch(writeFilters({ statuses: statuses.filter((other) => (other === status ? !on : chosen.includes(other))) }))}
          >
            <StatusLabel status={status} />
          </button>
        );
      })}
    </div>
  );
}

function NumberSearch({ value }: { value: string }) {
  const id = useId();
  const [typed, setTyped] = useState(value);
  const [known, setKnown] = useState(value);
  if (value !== known) {
    // The address has moved: by what was typed, or from elsewhere, such as by the way back.
    setKnown(value);
    if (value !== typed.trim()) setTyped(value);
  }
  const settled = useDelayed(typed, settleMs);
  useEffect(() => {
    if (settled !== value) changeSearch(writeFilters({ search: settled.trim() }), inPlace);
    // Only what was typed moves the address; the address that moves must not be taken back.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [settled]);
  const problem = searchProblem(settled);
  return (
    <div className="w-full sm:w-64">
      <div className="relative">
        <Icon name="search" className="pointer-events-none absolute top-1/2 left-3 size-4 -translate-y-1/2 text-ink-3" />
        <input
          type="search"
          aria-label="Order number"
          aria-describedby={`${id}-problem`}
          aria-invalid={problem !== null}
          placeholder="Order number, or its end…"
          autoComplete="off"
          spellCheck={false}
          maxLength={40}
          className="field pl-9! text-[0.8125rem]!"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      </div>
      <p id={`${id}-problem`} role="status" className="mt-1 text-xs text-warn empty:hidden">{problem}</p>
    </div>
  );
}

interface DayFieldProps {
  label: string;
  value: string | null;
  /** Says what is wrong with both days together. */
  describedBy: string;
  wrong: boolean;
  onChange: (day: string | null) => void;
}

function DayField({ label, value, describedBy, wrong, onChange }: DayFieldProps) {
  return (
    <label className="flex items-center gap-2 text-[0.8125rem] text-ink-2">
      {label}
      <input
        type="date"
        className="field w-40! text-[0.8125rem]!"
        aria-invalid={wrong}
        aria-describedby={describedBy}
        value={value ?? ''}
        onChange={(event) => onChange(event.target.value === '' ? null : event.target.value)}
      />
    </label>
  );
}

/** Days of the list alone, in the shop's time zone; either may be left open. */
function Days({ since, until }: Pick<Filters, 'since' | 'until'>) {
  const id = useId();
  const wrong = since !== null && until !== null && until < since;
  return (
    <div>
      <div role="group" aria-label="Placed" className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <DayField label="from" value={since} describedBy={id} wrong={wrong} onChange={(day) => changeSearch(writeFilters({ since: day }), inPlace)} />
        <DayField label="to" value={until} describedBy={id} wrong={wrong} onChange={(day) => changeSearch(writeFilters({ until: day }), inPlace)} />
      </div>
      <p id={id} role="status" className="mt-1 text-xs text-warn empty:hidden">{wrong && 'The last day comes before the first.'}</p>
    </div>
  );
}

interface ChipProps {
  label: string;
  onRemove: () => void;
  children: ReactNode;
}

/** A filter that is on, with a way to take it away. */
function Chip({ label, onRemove, children }: ChipProps) {
  return (
    <span className="inline-flex min-h-[2.6rem] max-w-full items-center gap-2 rounded-[0.7rem] bg-accent-soft pr-1 pl-3 text-[0.8125rem] font-medium text-accent">
      {children}
      <button type="button" aria-label={`Remove the filter ${label}`} className="grid size-8 shrink-0 place-items-center rounded-lg hover:bg-fill-strong" onClick={onRemove}>
        <Icon name="close" className="size-3.5" />
      </button>
    </span>
  );
}

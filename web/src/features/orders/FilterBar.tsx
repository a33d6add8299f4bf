import { useEffect, useId, useState } from 'react';
import { findAccounts, fullName, useAccounts } from '../../api/accounts';
import { idFragment } from '../../api/orders';
import type { OrderStatus } from '../../api/types';
import { CustomerName } from '../../components/CustomerName';
import { Icon } from '../../components/Icon';
import { StatusLabel } from '../../components/OrderStatus';
import { Picker } from '../../components/Picker';
import { changeSearch } from '../../lib/address';
import { useDelayed } from '../../lib/useDelayed';
import { isNarrowed, statuses, type Filters } from './filters';

const settleMs = 250;

export function FilterBar({ filters }: { filters: Filters }) {
  const { statuses: chosen, customer } = filters;
  const toggle = (status: OrderStatus) => {
    const next = chosen.includes(status) ? chosen.filter((other) => other !== status) : [...chosen, status];
    changeSearch({ status: next.length === 0 ? null : next.join(','), page: null });
  };
  return (
    // Above the table below, so that its lists of suggestions lie over it.
    <div className="card relative z-10 mb-4 space-y-4 p-4 sm:p-5">
      <div role="group" aria-label="Status" className="flex flex-wrap gap-1.5">
        {statuses.map((status) => (
          <button
            key={status}
            type="button"
            aria-pressed={chosen.includes(status)}
            className="inline-flex min-h-8 items-center rounded-full border border-line px-3 text-xs text-ink-2 hover:bg-fill aria-pressed:border-accent aria-pressed:bg-accent-soft aria-pressed:font-semibold aria-pressed:text-ink"
            onClick={() => toggle(status)}
          >
            <StatusLabel status={status} />
          </button>
        ))}
      </div>
      <div className="grid gap-3 sm:grid-cols-2 xl:grid-cols-[minmax(0,1.2fr)_minmax(0,1.2fr)_10rem_10rem_auto]">
        <IdField text={filters.text} />
        {customer === null ? <CustomerPicker /> : <ChosenCustomer id={customer} />}
        <DayField label="From" name="since" value={filters.since} />
        <DayField label="To, included" name="until" value={filters.until} />
        <button
          type="button"
          className="button self-end"
          disabled={!isNarrowed(filters)}
          onClick={() => changeSearch({ status: null, customer: null, since: null, until: null, q: null, page: null })}
        >
          Clear
        </button>
      </div>
    </div>
  );
}

/** What is typed is looked for once it stands still, and only when it can be a part of an id. */
function IdField({ text }: { text: string }) {
  const id = useId();
  const [typed, setTyped] = useState(text);
  const [known, setKnown] = useState(text);
  const settled = useDelayed(typed, settleMs);
  if (text !== known) {
    // The address changed by other means: back, a link, Clear.
    setKnown(text);
    setTyped(text);
  }
  useEffect(() => {
    if (settled === typed && settled !== text) {
      setKnown(settled);
      changeSearch({ q: settled.trim() === '' ? null : settled.trim(), page: null }, { replace: true });
    }
  }, [settled, typed, text]);
  const unusable = text !== '' && idFragment(text) === null;
  return (
    <div>
      <label htmlFor={id} className="mb-1 block text-xs text-ink-2">Order id, or its last eight digits</label>
      <input
        id={id}
        type="search"
        autoComplete="off"
        spellCheck={false}
        className="field font-mono text-[0.8125rem]!"
        aria-invalid={unusable}
        aria-describedby={`${id}-problem`}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      <p id={`${id}-problem`} role="status" className="mt-1 text-xs text-warn empty:hidden">
        {unusable && 'An id has hexadecimal digits: type at least eight of its beginning or its end.'}
      </p>
    </div>
  );
}

function CustomerPicker() {
  return (
    <div>
      <p className="mb-1 text-xs text-ink-2">Customer</p>
      <Picker
        label="Customer"
        placeholder="Name or e-mail…"
        name="accounts"
        find={findAccounts}
        keyOf={({ id }) => id}
        show={(account) => (
          <span className="flex justify-between gap-3">
            <span className="min-w-0 truncate">{fullName(account)}</span>
            <span className="min-w-0 truncate text-xs text-ink-3">{account.email}</span>
          </span>
        )}
        onChoose={({ id }) => changeSearch({ customer: id, page: null })}
      />
    </div>
  );
}

function ChosenCustomer({ id }: { id: string }) {
  const accounts = useAccounts([id], true);
  return (
    <div>
      <p className="mb-1 text-xs text-ink-2">Customer</p>
      <div className="field flex items-center justify-between gap-2 pr-1! text-[0.8125rem]!">
        <span className="truncate"><CustomerName id={id} account={accounts.get(id)} /></span>
        <button
          type="button"
          aria-label="All customers"
          className="grid size-8 place-items-center rounded-md hover:bg-fill-strong"
          onClick={() => changeSearch({ customer: null, page: null })}
        >
          <Icon name="close" />
        </button>
      </div>
    </div>
  );
}

function DayField({ label, name, value }: { label: string; name: 'since' | 'until'; value: string | null }) {
  const id = useId();
  return (
    <div>
      <label htmlFor={id} className="mb-1 block text-xs text-ink-2">{label}</label>
      <input
        id={id}
        type="date"
        className="field text-[0.8125rem]!"
        value={value ?? ''}
        onChange={(event) => changeSearch({ [name]: event.target.value === '' ? null : event.target.value, page: null })}
      />
    </div>
  );
}

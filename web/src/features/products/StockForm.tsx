import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId, useRef, useState } from 'react';
import { send } from '../../api/client';
import { ApiError, toApiError } from '../../api/errors';
import type { StockAdjusted } from '../../api/types';
import { Choice } from '../../components/Choice';
import { count, plural } from '../../lib/format';
import { newKey } from '../../lib/newKey';
import { toast } from '../../lib/toasts';

export type StockCorrection = { reason: string } & ({ change: number } | { set_to: number });

const most = 1_000_000_000;
const shortestReason = 3;
const longestReason = 200;

type Mode = 'change' | 'set_to';

/** The correction that was typed, or what is wrong with it; in the order of the fields. */
export function readCorrection(mode: Mode, units: string, reason: string): StockCorrection | { units?: string; reason?: string } {
  const text = units.trim().replace(/^−/, '-');
  const number = /^[+-]?\d+$/.test(text) ? Number(text) : null;
  const why = reason.trim();
  const problems: { units?: string; reason?: string } = {};
  if (number === null) problems.units = mode === 'change' ? 'A whole number, with − for fewer.' : 'A whole number.';
  else if (mode === 'change' && number === 0) problems.units = 'A change of 0 changes nothing.';
  else if (mode === 'set_to' && number < 0) problems.units = 'Fewer than none can’t be available.';
  else if (Math.abs(number) > most) problems.units = `At most ${count(most)}.`;
  if (why.length < shortestReason) problems.reason = `Say why, in at least ${shortestReason} letters: it stands in the ledger.`;
  else if (why.length > longestReason) problems.reason = `At most ${longestReason} letters.`;
  if (number === null || problems.units !== undefined || problems.reason !== undefined) return problems;
  return mode === 'change' ? { change: number, reason: why } : { set_to: number, reason: why };
}

const isCorrection = (read: ReturnType<typeof readCorrection>): read is StockCorrection => 'change' in read || 'set_to' in read;

/** The same correction keeps its key, so that sending it once more after a broken connection doesn't count twice. */
function useKeyFor(): (body: StockCorrection) => string {
  const last = useRef<{ body: string; key: string } | null>(null);
  return (body) => {
    const text = JSON.stringify(body);
    if (last.current?.body !== text) last.current = { body: text, key: newKey() };
    return last.current.key;
  };
}

interface StockFormProps {
  id: string;
  available: number;
  onDone: () => void;
}

/** Corrects what is available; what orders hold stays theirs. */
export function StockForm({ id, available, onDone }: StockFormProps) {
  const field = useId();
  const client = useQueryClient();
  const keyFor = useKeyFor();
  const [mode, setMode] = useState<Mode>('change');
  const [units, setUnits] = useState('');
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const read = readCorrection(mode, units, reason);
  const problems = tried && !isCorrection(read) ? read : {};
  const correct = useMutation({
    mutationFn: (body: StockCorrection) =>
      send<StockAdjusted>('POST', `/products/${id}/stock`, body, { headers: { 'Idempotency-Key': keyFor(body) } }),
    onSuccess: async ({ available: now, movement }) => {
      toast(movement === null ? `Exactly ${plural(now, 'unit')} were available already.` : `Stock corrected: ${plural(now, 'unit')} available.`, 'good');
      onDone();
      await client.invalidateQueries();
    },
  });
  return (
    <form
      noValidate
      aria-label="Correct the stock"
      className="mb-4 space-y-3 rounded-xl border border-line p-3"
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (isCorrection(read) && !correct.isPending) correct.mutate(read);
      }}
    >
      <Choice label="How" choices={[['change', 'Add or take away'], ['set_to', 'Set to']]} value={mode} onChange={setMode} />
      <Field id={`${field}-units`} label={mode === 'change' ? 'Units, with − for fewer' : 'Units available'} problem={problems.units} value={units} onChange={setUnits} numeric />
      <Field id={`${field}-reason`} label="Reason" problem={problems.reason} value={reason} onChange={setReason} />
      <div role="alert" className="text-xs text-bad empty:hidden">{correct.error && <Refusal error={correct.error} />}</div>
      <div className="flex flex-wrap items-center gap-2">
        <button type="submit" className="button button-primary" disabled={correct.isPending} aria-busy={correct.isPending}>
          {correct.isPending ? 'Correcting…' : 'Correct the stock'}
        </button>
        <button type="button" className="button" onClick={onDone}>Leave it</button>
        <span className="text-xs text-ink-3">{count(available)} available now</span>
      </div>
    </form>
  );
}

interface FieldProps {
  id: string;
  label: string;
  problem: string | undefined;
  value: string;
  onChange: (value: string) => void;
  numeric?: boolean;
}

function Field({ id, label, problem, value, onChange, numeric = false }: FieldProps) {
  return (
    <div>
      <label htmlFor={id} className="mb-1 block text-xs text-ink-2">{label}</label>
      <input
        id={id}
        className="field"
        autoComplete="off"
        // The decimal pad of some phones has no minus.
        inputMode={numeric ? 'text' : undefined}
        maxLength={numeric ? 12 : longestReason}
        required
        aria-invalid={problem !== undefined}
        aria-describedby={`${id}-problem`}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      <p id={`${id}-problem`} role="alert" className="mt-1 text-xs text-bad empty:hidden">{problem}</p>
    </div>
  );
}

function Refusal({ error }: { error: unknown }) {
  const { message, details, code } = error instanceof ApiError ? error : toApiError(error);
  // Details begin with the field or the product that they are about; the form has one of each.
  const said = details.map((detail) => detail.replace(/^[^:]*: /, ''));
  return (
    <>
      {code === 'insufficient_inventory' ? 'There are not that many to take away' : message}
      {said.length > 0 && `: ${said.join('; ')}`}
      {code === 'unreachable' && ' Send it again: it counts once.'}
    </>
  );
}

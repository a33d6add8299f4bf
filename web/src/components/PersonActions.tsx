import { useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { erasePerson, exportPerson } from '../api/accounts';
import { toApiError, type ApiError } from '../api/errors';
import type { Erasure } from '../api/types';
import type { Role } from '../session/roles';
import { session } from '../session/session';
import { saveAs } from '../lib/save';
import { toast } from '../lib/toasts';
import { Dialog } from './Dialog';
import { Field, problemOf } from './Field';
import { FormProblem } from './FormProblem';

interface PersonActionsProps {
  id: string;
  name: string;
  /** The reader's role, where it is the reader's own account. */
  own?: Role;
}

/** What a person may ask for: a copy of all that is held of them, and to be gone. */
export function PersonActions({ id, name, own }: PersonActionsProps) {
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const download = async () => {
    if (busy) return;
    setBusy(true);
    try {
      saveAs(new Blob([await exportPerson(id)], { type: 'application/json' }), 'personal-data.json');
    } catch (error) {
      toast(`The data could not be fetched: ${toApiError(error).message}`, 'bad');
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="mt-1 flex flex-wrap gap-x-4 gap-y-1 text-xs">
      {/* Not disabled while it is busy: the keyboard would lose its place. */}
      <button type="button" className="rounded text-accent hover:underline" aria-disabled={busy} onClick={() => void download()}>
        {own ? 'Download my data' : 'Download the data'}
      </button>
      {/* Who could leave a shop without any admin asks another one. */}
      {own !== 'admin' && (
        <button type="button" className="rounded text-bad hover:underline" onClick={() => setAsking(true)}>
          {own ? 'Delete my account' : 'Delete the account'}
        </button>
      )}
      {asking && <EraseDialog id={id} name={name} own={own !== undefined} onClose={() => setAsking(false)} />}
    </div>
  );
}

interface EraseDialogProps {
  id: string;
  name: string;
  own: boolean;
  onClose: () => void;
}

/** The own account is confirmed by its password, another's by its name. */
function EraseDialog({ id, name, own, onClose }: EraseDialogProps) {
  const client = useQueryClient();
  const [word, setWord] = useState('');
  const [problem, setProblem] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const confirmed = own ? word !== '' : word.trim() === name;

  const submit = async (event: SyntheticEvent) => {
    event.preventDefault();
    if (!confirmed || busy) return;
    setBusy(true);
    setProblem(null);
    try {
      const erasure = await erasePerson(id, own ? word : undefined);
      toast(wordsOf(erasure), 'good');
      if (own) await session.signOut();
      else {
        void client.invalidateQueries();
        onClose();
      }
    } catch (error) {
      setProblem(toApiError(error));
      setBusy(false);
    }
  };

  return (
    <Dialog title={own ? 'Delete my account' : `Delete the account of ${name}`} onClose={onClose}>
      <form noValidate className="space-y-4" onSubmit={(event) => void submit(event)}>
        <p className="text-sm leading-relaxed text-ink-2">
          Name, e-mail address, sessions and everything that the recommender knows go for good. Orders stay in the books, without
          the person; one that is not delivered yet keeps its address until it is. This cannot be undone.
        </p>
        <Field label={own ? 'Password' : `Type ${name} to confirm`} problem={problemOf(problem?.details ?? [], 'password')}>
          {(control) => (
            <input
              {...control}
              type={own ? 'password' : 'text'}
              autoComplete={own ? 'current-password' : 'off'}
              value={word}
              onChange={(event) => setWord(event.target.value)}
            />
          )}
        </Field>
        <FormProblem error={problem} />
        <div className="flex flex-wrap justify-end gap-2">
          <button type="button" className="button" onClick={onClose}>Keep it</button>
          <button type="submit" className="button button-danger" aria-disabled={!confirmed || busy}>{busy ? 'Deleting…' : 'Delete for good'}</button>
        </div>
      </form>
    </Dialog>
  );
}

const wordsOf = ({ services }: Erasure): string => {
  const open = services.reduce((sum, { open_orders: orders }) => sum + orders, 0);
  return open > 0
    ? `The account is deleted. ${open === 1 ? 'One order keeps its address until it is' : `${open} orders keep their address until they are`} delivered.`
    : 'The account is deleted. What other services hold goes within a minute.';
};

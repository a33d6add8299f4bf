import { useState, type SyntheticEvent } from 'react';
import { ApiError } from '../../api/errors';
import { Dialog } from '../../components/Dialog';
import { Field, problemOf } from '../../components/Field';
import { FormProblem } from '../../components/FormProblem';
import { session } from '../../session/session';

/** Sets another password for whoever is signed in. */
export function PasswordDialog({ onClose }: { onClose: () => void }) {
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [again, setAgain] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [done, setDone] = useState(false);
  const [busy, setBusy] = useState(false);
  const details = error instanceof ApiError ? error.details : [];
  const differs = again !== '' && again !== next;

  const submit = async (event: SyntheticEvent) => {
    event.preventDefault();
    if (next !== again) return;
    setBusy(true);
    setError(null);
    try {
      await session.changePassword(current, next);
      setDone(true);
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Dialog title="Change password" onClose={onClose}>
      {done ? (
        <p role="status" className="text-sm leading-relaxed text-ink-2">
          Your password is changed. Wherever else you were signed in, you are no longer.
        </p>
      ) : (
        <form noValidate onSubmit={(event) => void submit(event)} className="space-y-4">
          <Field label="Present password" problem={problemOf(details, 'current_password')}>
            {(control) => (
              <input {...control} type="password" autoComplete="current-password" required value={current} onChange={(event) => setCurrent(event.target.value)} />
            )}
          </Field>
          <Field label="New password" hint="At least 8 characters" problem={problemOf(details, 'new_password')}>
            {(control) => (
              <input {...control} type="password" autoComplete="new-password" required value={next} onChange={(event) => setNext(event.target.value)} />
            )}
          </Field>
          <Field label="New password again" problem={differs ? 'is not the same' : undefined}>
            {(control) => (
              <input {...control} type="password" autoComplete="new-password" required value={again} onChange={(event) => setAgain(event.target.value)} />
            )}
          </Field>
          <FormProblem error={error} />
          <button type="submit" className="button button-primary w-full" disabled={busy || current === '' || next === '' || next !== again}>
            {busy ? 'Changing…' : 'Change password'}
          </button>
        </form>
      )}
    </Dialog>
  );
}

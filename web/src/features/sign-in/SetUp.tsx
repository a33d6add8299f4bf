import { useEffect, useState, type SyntheticEvent } from 'react';
import { ApiError } from '../../api/errors';
import { Field, problemOf } from '../../components/Field';
import { FormProblem } from '../../components/FormProblem';
import { Logo } from '../../components/Logo';
import { session, type NewOwner } from '../../session/session';

const fields: readonly { name: keyof NewOwner; label: string; type: string; autoComplete: string; hint?: string }[] = [
  { name: 'first_name', label: 'First name', type: 'text', autoComplete: 'given-name' },
  { name: 'last_name', label: 'Last name', type: 'text', autoComplete: 'family-name' },
  { name: 'email', label: 'E-mail', type: 'email', autoComplete: 'username' },
  { name: 'password', label: 'Password', type: 'password', autoComplete: 'new-password', hint: 'At least 8 characters' },
];

/** The first page of a new shop: makes its first administrator. */
export function SetUp({ token, onLeave }: { token: string; onLeave: () => void }) {
  const [owner, setOwner] = useState<NewOwner>({ email: '', password: '', first_name: '', last_name: '' });
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const details = error instanceof ApiError ? error.details : [];

  useEffect(() => {
    document.title = 'Set up the shop · CloudCart';
  }, []);

  const submit = async (event: SyntheticEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await session.setUp(token, owner);
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };

  return (
    <main className="grid min-h-dvh place-items-center px-4 py-10">
      <div className="w-full max-w-sm">
        <div className="mb-6 flex flex-col items-center text-center">
          <Logo className="size-12" />
          <h1 className="mt-4 text-2xl font-semibold tracking-tight">Set up the shop</h1>
          <p className="mt-1 text-sm text-ink-2">This makes the first administrator.</p>
        </div>
        <form noValidate onSubmit={(event) => void submit(event)} className="card space-y-4 p-5 sm:p-6">
          {fields.map(({ name, label, type, autoComplete, hint }) => (
            <Field key={name} label={label} hint={hint} problem={problemOf(details, name)}>
              {(control) => (
                <input
                  {...control}
                  type={type}
                  name={name}
                  autoComplete={autoComplete}
                  required
                  value={owner[name]}
                  onChange={(event) => setOwner({ ...owner, [name]: event.target.value })}
                />
              )}
            </Field>
          ))}
          <FormProblem error={error} />
          <button type="submit" className="button button-primary min-h-11! w-full text-sm!" disabled={busy}>
            {busy ? 'Setting up…' : 'Make the account'}
          </button>
          <button type="button" className="button w-full" onClick={onLeave}>I have an account</button>
        </form>
      </div>
    </main>
  );
}

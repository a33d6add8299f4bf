import { useEffect, useId, useState, type SyntheticEvent } from 'react';
import { toApiError } from '../../api/errors';
import { useShop } from '../../api/queries';
import { Icon } from '../../components/Icon';
import { Logo } from '../../components/Logo';
import { session, type SignedOutReason } from '../../session/session';

const explanations: Record<SignedOutReason, string | null> = {
  none: null,
  signed_out: 'You are signed out.',
  expired: 'Your session has ended. Sign in again to go on where you were.',
  bad_link: 'This sign-in link has been used or is too old. Ask for a new one, or sign in with your password.',
};

export function SignIn({ reason, linkProblem }: { reason: SignedOutReason; linkProblem: string | null }) {
  const shop = useShop();
  const id = useId();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [visible, setVisible] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const explanation = linkProblem ?? explanations[reason];

  useEffect(() => {
    document.title = shop.data ? `Sign in · ${shop.data.name}` : 'Sign in · CloudCart';
  }, [shop.data]);

  const submit = async (event: SyntheticEvent) => {
    event.preventDefault();
    if (email.trim() === '' || password === '') {
      setProblem('Enter your e-mail address and your password.');
      return;
    }
    setBusy(true);
    setProblem(null);
    try {
      await session.signIn(email.trim(), password);
    } catch (error) {
      setProblem(toApiError(error).message);
      setBusy(false);
    }
  };

  return (
    <main className="grid min-h-dvh place-items-center px-4 py-10">
      <div className="w-full max-w-sm">
        <div className="mb-6 flex flex-col items-center text-center">
          <Logo className="size-12" />
          <h1 className="mt-4 text-2xl font-semibold tracking-tight">Sign in</h1>
          <p className="mt-1 min-h-5 text-sm text-ink-2">{shop.data && `to ${shop.data.name}`}</p>
        </div>
        <form noValidate onSubmit={(event) => void submit(event)} className="card space-y-4 p-5 sm:p-6">
          {explanation !== null && (
            <p role="status" className="flex items-start gap-2 rounded-lg bg-warn-soft p-3 text-[0.8125rem] text-warn">
              <Icon name="info" className="mt-0.5 size-4" />
              {explanation}
            </p>
          )}
          <div>
            <label htmlFor={`${id}-email`} className="mb-1.5 block text-[0.8125rem] font-medium text-ink-2">E-mail</label>
            <input
              id={`${id}-email`}
              type="email"
              name="email"
              autoComplete="username"
              required
              className="field"
              aria-invalid={problem !== null}
              aria-describedby={`${id}-problem`}
              value={email}
              onChange={(event) => setEmail(event.target.value)}
            />
          </div>
          <div>
            <label htmlFor={`${id}-password`} className="mb-1.5 block text-[0.8125rem] font-medium text-ink-2">Password</label>
            <div className="relative">
              <input
                id={`${id}-password`}
                type={visible ? 'text' : 'password'}
                name="password"
                autoComplete="current-password"
                required
                className="field pr-16!"
                aria-invalid={problem !== null}
                aria-describedby={`${id}-problem`}
                value={password}
                onChange={(event) => setPassword(event.target.value)}
              />
              <button
                type="button"
                aria-label={visible ? 'Hide password' : 'Show password'}
                className="absolute inset-y-1 right-1 rounded-md px-2.5 text-xs font-medium text-ink-2 hover:bg-fill"
                onClick={() => setVisible(!visible)}
              >
                {visible ? 'Hide' : 'Show'}
              </button>
            </div>
          </div>
          <p id={`${id}-problem`} role="alert" className="text-[0.8125rem] text-bad empty:hidden">{problem}</p>
          <button type="submit" className="button button-primary min-h-11! w-full text-sm!" disabled={busy}>
            {busy ? 'Signing in…' : 'Sign in'}
          </button>
        </form>
      </div>
    </main>
  );
}

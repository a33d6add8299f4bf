import { QueryClientProvider } from '@tanstack/react-query';
import { useEffect, useState, useSyncExternalStore, type ReactNode } from 'react';
import { toApiError } from './api/errors';
import { createQueryClient } from './api/queries';
import { Logo } from './components/Logo';
import { Shell } from './features/shell/Shell';
import { NoAccess } from './features/sign-in/NoAccess';
import { SetUp } from './features/sign-in/SetUp';
import { SignIn } from './features/sign-in/SignIn';
import { session } from './session/session';
import { takeSignInCode } from './session/signInLink';

interface AppProps {
  /** That of the sign-in link by which the page was opened, if it was. */
  code: string | null;
  /** That of the link which the first start of the shop printed. */
  setupToken?: string | null;
}

export function App({ code, setupToken = null }: AppProps) {
  const [setup, setSetup] = useState(setupToken);
  const account = useSyncExternalStore(session.subscribe, session.get);
  const reason = useSyncExternalStore(session.subscribe, session.signedOutReason);
  const link = useSignInLink(code);
  if (link.busy) {
    return (
      <main className="grid min-h-dvh place-content-center justify-items-center gap-4">
        <Logo className="size-12" />
        <p role="status" className="text-sm text-ink-2">Signing you in…</p>
      </main>
    );
  }
  return (
    <Scope key={account?.user.id ?? ''}>
      {!account && setup !== null ? (
        <SetUp token={setup} onLeave={() => setSetup(null)} />
      ) : !account ? (
        <SignIn reason={reason} linkProblem={link.problem} />
      ) : account.user.role === 'customer' ? (
        <NoAccess account={account} />
      ) : (
        <Shell />
      )}
    </Scope>
  );
}

/** What one account has read is never shown to the next: each has a memory of its own. */
function Scope({ children }: { children: ReactNode }) {
  const [client] = useState(createQueryClient);
  return <QueryClientProvider client={client}>{children}</QueryClientProvider>;
}

// Codes are good for one use: an effect that runs twice, or a second look at the same link, must not spend one again.
const spent = new Set<string>();

function useSignInLink(first: string | null): { busy: boolean; problem: string | null } {
  const [code, setCode] = useState(first);
  const [problem, setProblem] = useState<string | null>(null);

  useEffect(() => {
    // A link that is opened in a tab which already shows the page changes nothing but the fragment.
    const onHash = () => {
      const next = takeSignInCode();
      if (next !== null && !spent.has(next)) setCode(next);
    };
    window.addEventListener('hashchange', onHash);
    return () => window.removeEventListener('hashchange', onHash);
  }, []);

  useEffect(() => {
    if (code === null || spent.has(code)) return;
    spent.add(code);
    session
      .signInWithCode(code)
      .then(() => setProblem(null))
      .catch((error: unknown) => {
        // The server was not reached or could not answer, so the code is still good.
        spent.delete(code);
        setProblem(`${toApiError(error).message} Open the link once more.`);
      })
      .finally(() => setCode((present) => (present === code ? null : present)));
  }, [code]);

  return { busy: code !== null, problem };
}

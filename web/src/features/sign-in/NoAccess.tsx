import { Icon } from '../../components/Icon';
import { session, type Session } from '../../session/session';

export function NoAccess({ account }: { account: Session }) {
  return (
      <main className="mx-auto grid max-w-md place-items-center px-4 py-20 text-center">
        <Icon name="info" className="size-8 text-ink-3" />
        <h1 className="mt-4 text-xl font-semibold">This account has no dashboard</h1>
        <p className="mt-2 text-sm leading-relaxed text-ink-2">
          The shop’s figures are for its staff, analysts and administrators. You are signed in as {account.user.email}.
        </p>
        <button type="button" className="button mt-6" onClick={() => void session.signOut()}>
          Sign in with another account
        </button>
      </main>
  );
}

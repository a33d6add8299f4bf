import type { ReactNode } from 'react';
import { useShop } from '../api/queries';
import { session, type Session } from '../session/session';
import { Icon } from './Icon';
import { Logo } from './Logo';
import { Popover } from './Popover';
import { ThemeSwitch } from './ThemeSwitch';

interface HeaderProps {
  account: Session;
  /** State and controls of the view below. */
  children?: ReactNode;
}

export function Header({ account: { user }, children }: HeaderProps) {
  const shop = useShop();
  const name = `${user.first_name} ${user.last_name}`.trim();
  return (
    <header className="sticky top-0 z-20 border-b border-line bg-(--bar) backdrop-blur-xl">
      <div className="mx-auto flex max-w-[124rem] flex-wrap items-center gap-x-3 gap-y-2 px-4 py-2.5 sm:px-6">
        <Logo className="size-8" />
        <div className="min-w-0 leading-tight">
          <p className="truncate text-sm font-semibold tracking-tight">{shop.data?.name ?? 'CloudCart'}</p>
          {shop.data && <p className="text-xs text-ink-3 max-xs:hidden">CloudCart {shop.data.version}</p>}
        </div>
        <div className="ml-auto flex items-center justify-end gap-2 max-sm:w-full">
          {children}
          <Popover
            label="Account"
            className="right-0 w-64"
            button={(props) => (
              <button type="button" {...props} aria-label="Account" className="button button-icon">
                <Icon name="user" />
              </button>
            )}
          >
            {() => (
              <div className="space-y-4">
                <div className="text-sm">
                  <p className="font-medium">{name}</p>
                  <p className="truncate text-xs text-ink-2" title={user.email}>{user.email}</p>
                  <p className="mt-1 text-xs text-ink-3 capitalize">{user.role}</p>
                </div>
                <ThemeSwitch />
                <a className="block text-xs text-accent hover:underline" href="/docs">API reference</a>
                <button type="button" className="button w-full" onClick={() => void session.signOut()}>Sign out</button>
              </div>
            )}
          </Popover>
        </div>
      </div>
    </header>
  );
}

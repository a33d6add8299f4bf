import { useQueryClient } from '@tanstack/react-query';
import { Suspense, useCallback, useMemo, useState } from 'react';
import { Boundary } from '../../components/Boundary';
import { Page } from '../../components/Page';
import { Toasts } from '../../components/Toasts';
import { goTo, usePathname } from '../../lib/address';
import { useShortcuts } from '../../lib/useShortcuts';
import { LiveProvider } from '../../live/LiveProvider';
import { usePeriod } from '../../period/usePeriod';
import { useAccount } from '../../session/useAccount';
import { AlertToasts } from './AlertToasts';
import { CommandPalette } from './CommandPalette';
import { HelpDialog } from './HelpDialog';
import { BottomBar, Sidebar } from './Navigation';
import { NotFound } from './NotFound';
import { PasswordDialog } from './PasswordDialog';
import { TopBar } from './TopBar';
import { viewAt, viewsFor } from './views';

/** What is around every view: navigation, the state of the figures, keys and the palette. */
export function Shell() {
  return (
    <LiveProvider>
      <Frame />
    </LiveProvider>
  );
}

type Dialog = 'help' | 'palette' | 'password' | null;

function Frame() {
  const path = usePathname();
  const { role } = useAccount();
  const views = useMemo(() => viewsFor(role), [role]);
  const view = viewAt(path, views);
  const [dialog, setDialog] = useState<Dialog>(null);
  const close = useCallback(() => setDialog(null), []);
  const client = useQueryClient();
  const refresh = useCallback(() => void client.invalidateQueries(), [client]);
  const period = usePeriod();

  useShortcuts({
    d: () => period.show({ range: { kind: 'today' } }),
    w: () => period.show({ range: { kind: '7d' } }),
    m: () => period.show({ range: { kind: '30d' } }),
    x: () => period.show({ compare: period.compare === 'off' ? 'period' : 'off' }),
    r: refresh,
    '/': () => setDialog('palette'),
    '?': () => setDialog('help'),
    'mod+k': () => setDialog('palette'),
  });

  return (
    <div className="lg:grid lg:grid-cols-[14.5rem_minmax(0,1fr)]">
      <a href="#main" className="button button-primary sr-only z-50 focus:not-sr-only focus:absolute focus:top-2 focus:left-2">
        Skip to the figures
      </a>
      <Sidebar views={views} current={view} />
      <div className="flex min-h-dvh min-w-0 flex-col pb-20 lg:pb-0">
        <TopBar onRefresh={refresh} onHelp={() => setDialog('help')} onSearch={() => setDialog('palette')} onPassword={() => setDialog('password')} />
        {view ? (
          // Keyed, so that a fault of one view is not shown for the next.
          <Boundary key={view.path} frame={(message) => <Page title={view.title}>{message}</Page>}>
            <Suspense fallback={<Loading title={view.title} />}>
              <view.View />
            </Suspense>
          </Boundary>
        ) : (
          <NotFound onLeave={() => goTo('/')} />
        )}
      </div>
      <BottomBar views={views} current={view} />
      <AlertToasts />
      <Toasts />
      {dialog === 'password' && <PasswordDialog onClose={close} />}
      {dialog === 'help' && <HelpDialog onClose={close} />}
      {dialog === 'palette' && <CommandPalette views={views} onRefresh={refresh} onHelp={() => setDialog('help')} onClose={close} />}
    </div>
  );
}

function Loading({ title }: { title: string }) {
  return (
    <main id="main" tabIndex={-1} aria-busy="true" className="mx-auto w-full max-w-[124rem] px-4 py-5 sm:px-6 sm:py-7">
      <h1 className="text-2xl font-semibold tracking-tight">{title}</h1>
      <div className="skeleton mt-3 h-4 w-64 max-w-full" />
      <div className="skeleton mt-6 h-80 w-full rounded-2xl!" />
    </main>
  );
}

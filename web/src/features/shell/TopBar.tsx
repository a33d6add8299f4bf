import { useIsFetching } from '@tanstack/react-query';
import { useShop } from '../../api/queries';
import { Icon } from '../../components/Icon';
import { LivePill } from '../../components/LivePill';
import { Logo } from '../../components/Logo';
import { clock, moment } from '../../lib/format';
import { useNow } from '../../lib/useNow';
import { useOnline } from '../../lib/useOnline';
import { useLive } from '../../live/LiveProvider';
import { liveness } from '../../live/liveness';
import { AccountMenu } from './AccountMenu';

interface TopBarProps {
  onRefresh: () => void;
  onHelp: () => void;
  onSearch: () => void;
  onPassword: () => void;
}

/** How current the figures are, and what acts on all of them. */
export function TopBar({ onRefresh, onHelp, onSearch, onPassword }: TopBarProps) {
  const shop = useShop();
  const { paused, setPaused } = useLive();
  const busy = useIsFetching() > 0;
  return (
    <header className="sticky top-0 z-20 border-b border-line bg-(--bar) backdrop-blur-xl">
      <div className="mx-auto flex max-w-[124rem] items-center gap-2 px-4 py-2.5 sm:px-6">
        <Logo className="size-8 lg:hidden" />
        <div className="min-w-0 leading-tight lg:hidden">
          <p className="truncate text-sm font-semibold tracking-tight max-xs:sr-only">{shop.data?.name ?? 'CloudCart'}</p>
        </div>
        <button
          type="button"
          aria-keyshortcuts="/ Control+K Meta+K"
          className="button text-ink-2! max-lg:hidden lg:w-72 lg:justify-start"
          onClick={onSearch}
        >
          <Icon name="search" />
          Search or go to…
          <kbd className="ml-auto rounded border border-line px-1.5 font-mono text-[0.6875rem] text-ink-3">/</kbd>
        </button>
        <div className="ml-auto flex items-center gap-2">
          <Freshness />
          <button type="button" className="button button-icon lg:hidden" aria-label="Search" onClick={onSearch}>
            <Icon name="search" />
          </button>
          <button
            type="button"
            className="button button-icon max-sm:hidden"
            aria-label={paused ? 'Go on' : 'Pause'}
            title={paused ? 'Go on' : 'Pause'}
            onClick={() => setPaused(!paused)}
          >
            <Icon name={paused ? 'play' : 'pause'} />
          </button>
          <button
            type="button"
            className="button button-icon max-sm:hidden"
            aria-label="Refresh"
            title="Refresh"
            aria-keyshortcuts="r"
            onClick={onRefresh}
          >
            <Icon name="refresh" className={busy ? 'size-4 spinning' : 'size-4'} />
          </button>
          <button
            type="button"
            className="button button-icon max-sm:hidden"
            aria-label="Keyboard help"
            title="Keyboard help"
            aria-keyshortcuts="?"
            onClick={onHelp}
          >
            <Icon name="help" />
          </button>
          <AccountMenu onRefresh={onRefresh} onPassword={onPassword} />
        </div>
      </div>
    </header>
  );
}

function Freshness() {
  const now = useNow(5_000);
  const online = useOnline();
  const shop = useShop();
  const { paused, status, failing, answeredAt, heardAt, behind } = useLive();
  const knownAt = Math.max(answeredAt, heardAt);
  const age = knownAt > 0 ? now - knownAt : null;
  const timeZone = shop.data?.time_zone;
  return (
    <>
      {knownAt > 0 && timeZone !== undefined && (
        <span className="figure text-xs whitespace-nowrap text-ink-3 max-xs:hidden">
          <span className="max-sm:sr-only">as of </span>
          <time dateTime={new Date(knownAt).toISOString()} title={moment(knownAt, timeZone)}>
            {clock(knownAt, timeZone)}
          </time>
        </span>
      )}
      <LivePill state={liveness({ paused, online, stream: status, failing, age })} behind={behind} />
    </>
  );
}

import { Link } from 'wouter';
import { useShop } from '../../api/queries';
import { Icon } from '../../components/Icon';
import { Logo } from '../../components/Logo';
import { Popover } from '../../components/Popover';
import { addressOf, useSearch } from '../../lib/address';
import type { ViewEntry } from './views';

interface NavigationProps {
  views: readonly ViewEntry[];
  current: ViewEntry | undefined;
}

/** Beside the view, on screens that have room. */
export function Sidebar({ views, current }: NavigationProps) {
  const shop = useShop();
  const search = useSearch();
  return (
    <aside aria-label="Shop" className="sticky top-0 hidden h-dvh flex-col gap-6 border-r border-line bg-(--bar) px-3 py-4 backdrop-blur-xl lg:flex">
      <div className="flex items-center gap-2.5 px-2">
        <Logo className="size-8" />
        <p className="truncate text-sm font-semibold tracking-tight">{shop.data?.name ?? 'CloudCart'}</p>
      </div>
      <nav aria-label="Views" className="flex flex-col gap-0.5">
        {views.map((view) => (
          <Link
            key={view.path}
            href={addressOf(view.path, search)}
            aria-current={view === current ? 'page' : undefined}
            className="flex min-h-9 items-center gap-3 rounded-lg px-3 text-[0.8125rem] text-ink-2 hover:bg-fill hover:text-ink aria-[current=page]:bg-accent-soft aria-[current=page]:font-semibold aria-[current=page]:text-accent"
          >
            <Icon name={view.icon} className="size-4.5" />
            {view.title}
          </Link>
        ))}
      </nav>
      {shop.data && <p className="mt-auto px-3 text-xs text-ink-3">CloudCart {shop.data.version}</p>}
    </aside>
  );
}

const inBar = 4;

/** Below the view, within reach of a thumb. */
export function BottomBar({ views, current }: NavigationProps) {
  const search = useSearch();
  const first = views.slice(0, inBar);
  const more = views.slice(inBar);
  const slot =
    'flex min-h-13 flex-col items-center justify-center gap-1 rounded-lg px-1 text-[0.6875rem] text-ink-2 aria-[current=page]:font-semibold aria-[current=page]:text-accent';
  return (
    <nav
      aria-label="Views at hand"
      className="fixed inset-x-0 bottom-0 z-30 grid auto-cols-fr grid-flow-col border-t border-line bg-(--bar) px-1 pb-[env(safe-area-inset-bottom)] backdrop-blur-xl lg:hidden"
    >
      {first.map((view) => (
        <Link key={view.path} href={addressOf(view.path, search)} aria-current={view === current ? 'page' : undefined} className={slot}>
          <Icon name={view.icon} className="size-5" />
          {view.title}
        </Link>
      ))}
      {more.length > 0 && (
        <Popover
          label="More views"
          className="right-2 w-64 p-2!"
          above
          button={(props) => (
            <button
              type="button"
              {...props}
              data-current={current && more.includes(current) ? '' : undefined}
              className={`${slot} w-full data-current:font-semibold data-current:text-accent`}
            >
              <Icon name="more" className="size-5" />
              More
            </button>
          )}
        >
          {(close) => (
            <ul>
              {more.map((view) => (
                <li key={view.path}>
                  <Link
                    href={addressOf(view.path, search)}
                    aria-current={view === current ? 'page' : undefined}
                    onClick={close}
                    className="flex min-h-11 items-center gap-3 rounded-lg px-3 text-sm hover:bg-fill aria-[current=page]:font-semibold aria-[current=page]:text-accent"
                  >
                    <Icon name={view.icon} className="size-4.5" />
                    {view.title}
                  </Link>
                </li>
              ))}
            </ul>
          )}
        </Popover>
      )}
    </nav>
  );
}

import { Link } from 'wouter';
import type { Pagination } from '../api/types';
import { count, plural } from '../lib/format';
import { CardEmpty } from './Card';
import { Icon } from './Icon';

interface PagerProps {
  pagination: Pagination;
  /** The address of a page. */
  href: (page: number) => string;
  /** What there are so many of: "1,234 orders". */
  total: string;
}

/** Pages by number, with the totals as they were answered. */
export function Pager({ pagination: { page, pages }, href, total }: PagerProps) {
  const current = page ?? 1;
  const step = 'button button-icon aria-disabled:opacity-40';
  return (
    <nav aria-label="Pages" className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
      <p className="figure text-[0.8125rem] text-ink-2">
        {total}
        {pages > 1 && current <= pages && <span>{`, page ${count(current)} of ${count(pages)}`}</span>}
      </p>
      {(pages > 1 || current > pages) && (
        <ul className="figure flex flex-wrap items-center gap-1" data-scale>
          <li>{arrow(current > 1, href(Math.min(current - 1, pages)), 'Previous page', 'arrowLeft', step)}</li>
          {shownPages(current, pages).map((shown, index) => (
            <li key={shown ?? `gap ${index}`}>
              {shown === null ? (
                <span className="px-1 text-ink-3">…</span>
              ) : (
                <Link
                  href={href(shown)}
                  aria-label={`Page ${shown}`}
                  aria-current={shown === current ? 'page' : undefined}
                  className="button min-w-9 px-2! aria-[current=page]:border-transparent aria-[current=page]:bg-accent-soft aria-[current=page]:text-accent"
                >
                  {count(shown)}
                </Link>
              )}
            </li>
          ))}
          <li>{arrow(current < pages, href(current + 1), 'Next page', 'arrowRight', step)}</li>
        </ul>
      )}
    </nav>
  );
}

/** Stands where an address names a page that isn't there, or isn't any more. */
export function PageGone({ what, pages }: { what: string; pages: number }) {
  return <CardEmpty title={`No ${what} on this page`}>There {pages === 1 ? 'is' : 'are'} {plural(pages, 'page')} of them. Choose one below.</CardEmpty>;
}

function arrow(on: boolean, href: string, label: string, icon: 'arrowLeft' | 'arrowRight', className: string) {
  return on ? (
    <Link href={href} aria-label={label} className={className}><Icon name={icon} /></Link>
  ) : (
    <span aria-hidden="true" aria-disabled="true" className={className}><Icon name={icon} /></span>
  );
}

/** The first, the last and those around the current one; null where some are left out. */
export function shownPages(current: number, pages: number): (number | null)[] {
  const near = [1, current - 1, current, current + 1, pages].filter((page) => page >= 1 && page <= pages);
  const sorted = [...new Set(near)].sort((a, b) => a - b);
  return sorted.flatMap((page, index) => {
    const gap = page - (sorted[index - 1] ?? 0) - 1;
    // A gap of one takes no more room than the page itself.
    return gap === 0 ? [page] : gap === 1 ? [page - 1, page] : [null, page];
  });
}

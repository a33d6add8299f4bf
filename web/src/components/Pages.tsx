import type { Pagination } from '../api/types';
import { count } from '../lib/format';
import { Icon } from './Icon';

interface PagesProps {
  pagination: Pagination;
  /** What is listed, in the plural. */
  of: string;
  onChange: (page: number) => void;
}

/** Where one is in a long list, and the way on and back. */
export function Pages({ pagination, of, onChange }: PagesProps) {
  const { pages, total, limit } = pagination;
  // Null in lists that are read by cursor, which have no pages.
  const page = pagination.page ?? 1;
  const first = (page - 1) * limit + 1;
  const last = Math.min(total, page * limit);
  return (
    <nav aria-label={`Pages of ${of}`} className="mt-3 flex flex-wrap items-center justify-between gap-3 text-[0.8125rem] text-ink-2">
      <p className="figure" data-scale>
        {total === 0 ? `No ${of}` : `${count(first)}–${count(last)} of ${count(total)} ${of}`}
      </p>
      <div className="flex items-center gap-2">
        <button type="button" className="button" disabled={page <= 1} onClick={() => onChange(page - 1)}>
          <Icon name="arrowLeft" />
          Newer
        </button>
        <span className="figure px-1" data-scale>{count(page)} / {count(Math.max(1, pages))}</span>
        <button type="button" className="button" disabled={page >= pages} onClick={() => onChange(page + 1)}>
          Older
          <Icon name="arrowRight" />
        </button>
      </div>
    </nav>
  );
}

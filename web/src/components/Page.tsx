import { useEffect, type ReactNode } from 'react';
import { useShop } from '../api/queries';

interface PageProps {
  title: string;
  /** Below the title: what the page is about, such as its days. */
  lead?: ReactNode;
  /** Beside the title. */
  actions?: ReactNode;
  children: ReactNode;
}

/** The frame that all views share: a heading, its controls, the content. Names the browser's tab. */
export function Page({ title, lead, actions, children }: PageProps) {
  const shop = useShop();
  const owner = shop.data?.name ?? 'CloudCart';
  useEffect(() => {
    document.title = `${title} · ${owner}`;
  }, [title, owner]);
  return (
    <main id="main" tabIndex={-1} className="mx-auto w-full max-w-[124rem] px-4 py-5 outline-none sm:px-6 sm:py-7">
      <div className="mb-5 flex flex-wrap items-end justify-between gap-x-6 gap-y-4">
        <div className="min-w-0">
          <h1 className="text-2xl font-semibold tracking-tight">{title}</h1>
          {lead}
        </div>
        {actions !== undefined && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </div>
      {children}
    </main>
  );
}

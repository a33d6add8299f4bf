import { useId, type ReactNode } from 'react';
import { Boundary } from './Boundary';
import { CardError } from './CardError';
import { Icon, type IconName } from './Icon';
import type { CardQuery } from './query';

interface CardProps {
  title: string;
  icon?: IconName;
  /** Beside the title, at the end of the line. */
  actions?: ReactNode;
  className?: string;
  children: ReactNode;
}

export function Card({ title, icon, actions, className = '', children }: CardProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className={`card flex min-w-0 flex-col p-4 sm:p-5 ${className}`}>
      <header className="mb-3 flex flex-wrap items-center justify-between gap-x-3 gap-y-2">
        <h2 id={id} className="flex items-center gap-2 text-[0.9375rem] font-semibold tracking-tight">
          {icon && <Icon name={icon} className="size-4 text-ink-3" />}
          {title}
        </h2>
        {actions}
      </header>
      <Boundary>{children}</Boundary>
    </section>
  );
}

interface CardBodyProps<T> {
  query: CardQuery<T>;
  skeleton: ReactNode;
  children: (data: T) => ReactNode;
}

/** The data if there is any, also an old one while a new one comes or fails; else why not, with a way out; else its outline. */
export function CardBody<T>({ query, skeleton, children }: CardBodyProps<T>) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <CardError error={query.error} busy={query.isFetching} onRetry={() => query.refetch()} />;
  return (
    <div aria-busy="true" className="flex grow flex-col">
      <span className="sr-only">Loading</span>
      {skeleton}
    </div>
  );
}

export function CardEmpty({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="flex grow flex-col items-center justify-center gap-1.5 rounded-xl border border-dashed border-line px-4 py-8 text-center">
      <p className="text-sm font-medium text-ink">{title}</p>
      <div className="max-w-xs text-[0.8125rem] leading-relaxed text-ink-2">{children}</div>
    </div>
  );
}

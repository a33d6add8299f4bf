import { Component, useId, type ReactNode } from 'react';
import { ApiError } from '../api/errors';
import { Icon, type IconName } from './Icon';

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

/** What a card needs to know of the query that feeds it. */
export interface CardQuery<T> {
  data: T | undefined;
  error: unknown;
  isFetching: boolean;
  refetch: () => unknown;
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

interface CardErrorProps {
  error: unknown;
  busy?: boolean;
  onRetry: () => void;
}

export function CardError({ error, busy = false, onRetry }: CardErrorProps) {
  const known = error instanceof ApiError ? error : null;
  return (
    <div className="flex flex-col items-start gap-2 py-2 text-[0.8125rem]">
      <p className="flex items-start gap-2 text-ink">
        <Icon name="warning" className="mt-0.5 size-4 text-bad" />
        <span>
          {known?.message ?? 'This part could not be shown.'}
          {known?.details.map((detail) => <span key={detail} className="block text-ink-2">{detail}</span>)}
        </span>
      </p>
      {known?.requestId && <p className="text-xs break-all text-ink-3">Request {known.requestId}</p>}
      <button type="button" className="button mt-1" disabled={busy} onClick={onRetry}>
        <Icon name="refresh" className={busy ? 'size-4 spinning' : 'size-4'} />
        Try again
      </button>
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

/** Keeps a fault while drawing inside its card. A part that can't be loaded any more (a new version was installed) comes with the page. */
class Boundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    if (this.state.error === null) return this.props.children;
    return <CardError error={this.state.error} onRetry={() => window.location.reload()} />;
  }
}

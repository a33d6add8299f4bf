import { ApiError } from '../api/errors';
import { Icon } from './Icon';

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

import { useState } from 'react';
import { send } from '../../api/client';
import { ApiError, toApiError } from '../../api/errors';
import type { Order, OrderStatus } from '../../api/types';
import { ConfirmDialog } from '../../components/Dialog';
import { FormProblem } from '../../components/FormProblem';
import { Icon } from '../../components/Icon';
import { money } from '../../lib/format';
import { toast } from '../../lib/toasts';

const steps: Record<OrderStatus, { action: string; done: string }> = {
  pending: { action: 'Back to pending', done: 'The order is pending.' },
  confirmed: { action: 'Confirm', done: 'The order is confirmed.' },
  processing: { action: 'Start processing', done: 'The order is being processed.' },
  shipped: { action: 'Mark as shipped', done: 'The order is on its way.' },
  delivered: { action: 'Mark as delivered', done: 'The order is delivered.' },
  cancelled: { action: 'Cancel the order', done: 'The order is cancelled.' },
};

interface NextStepsProps {
  order: Order;
  /** Reads the order anew. */
  onChanged: () => Promise<unknown>;
}

/** The steps that the order may take now, as the API tells them; nothing is shown as done before it is. */
export function NextSteps({ order, onChanged }: NextStepsProps) {
  const [busy, setBusy] = useState<OrderStatus | null>(null);
  const [asking, setAsking] = useState(false);
  const [problem, setProblem] = useState<ApiError | null>(null);
  const allowed = order.allowed_transitions ?? [];

  const take = async (status: OrderStatus) => {
    setBusy(status);
    setProblem(null);
    try {
      await send('PUT', `/orders/${encodeURIComponent(order.id)}/status`, { status });
      toast(steps[status].done, 'good');
    } catch (error) {
      const known = toApiError(error);
      // Somebody was faster: what the order may do now is another thing, and is read below.
      setProblem(
        known.status === 409
          ? new ApiError(`${known.message} It was changed meanwhile; this is how it stands now.`, known.status, known.code, known.details)
          : known,
      );
    }
    await onChanged();
    setBusy(null);
  };

  if (allowed.length === 0) return <p className="mt-4 border-t border-line pt-4 text-xs text-ink-3">Nothing may follow any more.</p>;
  return (
    <div className="mt-4 space-y-3 border-t border-line pt-4">
      <div className="flex flex-wrap gap-2">
        {allowed.map((status) => (
          <button
            key={status}
            type="button"
            disabled={busy !== null}
            className={`button ${status === 'cancelled' ? 'button-danger' : 'button-primary'}`}
            onClick={() => (status === 'cancelled' ? setAsking(true) : void take(status))}
          >
            <Icon name={busy === status ? 'refresh' : status} className={busy === status ? 'size-4 spinning' : 'size-4'} />
            {steps[status].action}
          </button>
        ))}
      </div>
      <FormProblem error={problem} />
      {asking && (
        <ConfirmDialog
          title="Cancel the order?"
          action="Cancel the order"
          onConfirm={() => void take('cancelled')}
          onClose={() => setAsking(false)}
        >
          Its units go back into stock, and {money(Number(order.total_amount), order.currency)} leave the revenue. This can’t be undone.
        </ConfirmDialog>
      )}
    </div>
  );
}

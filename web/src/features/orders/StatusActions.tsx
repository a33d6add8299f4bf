import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { send } from '../../api/client';
import { toApiError } from '../../api/errors';
import type { Order, OrderStatus } from '../../api/types';
import { ConfirmDialog } from '../../components/Dialog';
import { Icon } from '../../components/Icon';
import { StatusLabel } from '../../components/OrderStatus';
import { shortId } from '../../lib/format';
import { toast } from '../../lib/toasts';

const verbs: Record<OrderStatus, { does: string; doing: string; done: string }> = {
  pending: { does: 'Set to pending', doing: 'Setting…', done: 'pending' },
  confirmed: { does: 'Confirm', doing: 'Confirming…', done: 'confirmed' },
  processing: { does: 'Start processing', doing: 'Starting…', done: 'being processed' },
  shipped: { does: 'Mark as shipped', doing: 'Marking…', done: 'shipped' },
  delivered: { does: 'Mark as delivered', doing: 'Marking…', done: 'delivered' },
  cancelled: { does: 'Cancel the order', doing: 'Cancelling…', done: 'cancelled' },
};

interface Problem {
  text: string;
  details: readonly string[];
}

/**
 * Moves an order on. Nothing is shown before the server has said that it is so; when it says no because somebody was
 * faster, the order is shown as that somebody left it.
 */
function useStatusChange(order: Order) {
  const client = useQueryClient();
  const [problem, setProblem] = useState<Problem | null>(null);
  const key = [`/orders/${order.id}`, {}];
  /** The status as it is now; null when it can't be read. */
  const renew = async () => {
    await client.refetchQueries({ queryKey: key, exact: true });
    const state = client.getQueryState<{ order: Order }>(key);
    return state?.status === 'success' ? (state.data?.order.status ?? null) : null;
  };
  const change = useMutation({
    mutationFn: (status: OrderStatus) => send<{ order: Order }>('PUT', `/orders/${order.id}/status`, { status }),
    onMutate: () => setProblem(null),
    onSuccess: async (_, status) => {
      toast(`Order ${shortId(order.id)} is ${verbs[status].done} now.`, 'good');
      await client.invalidateQueries({ predicate: ({ queryKey: [path] }) => typeof path === 'string' && path.startsWith('/orders') });
    },
    onError: async (error) => {
      const { message, details, code, status } = toApiError(error);
      const now = await renew();
      await client.invalidateQueries({ queryKey: [`/orders/${order.id}/events`] });
      const overtaken = status === 409 && now !== null && now !== order.status;
      if (overtaken) setProblem({ text: `Someone else has changed this order meanwhile: it is ${verbs[now].done} now.`, details: [] });
      else if (code === 'outcome_unknown' || code === 'unreachable') setProblem({ text: `${message} Whether the change was made is seen above as soon as the order can be read again.`, details });
      else setProblem({ text: message, details });
    },
  });
  return { change, problem };
}

export function StatusActions({ order }: { order: Order }) {
  const { change, problem } = useStatusChange(order);
  const [asking, setAsking] = useState(false);
  const next = order.allowed_transitions ?? [];
  const act = (status: OrderStatus) => (status === 'cancelled' ? setAsking(true) : change.mutate(status));
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
        <p className="text-lg font-semibold" role="status">
          <span className="sr-only">The order is </span>
          <StatusLabel status={order.status} />
        </p>
        {next.length > 0 ? (
          <div role="group" aria-label="Next steps" className="flex flex-wrap gap-2">
            {next.map((status) => (
              <StepButton
                key={status}
                status={status}
                doing={change.isPending && change.variables === status}
                disabled={change.isPending}
                onClick={() => act(status)}
              />
            ))}
          </div>
        ) : (
          <p className="text-[0.8125rem] text-ink-2">Nothing is left to be done.</p>
        )}
      </div>
      <div role="alert" className="mt-3 flex items-start gap-2 text-[0.8125rem] text-bad empty:hidden">
        {problem && (
          <>
            <Icon name="warning" className="mt-0.5 size-4" />
            <span>
              {problem.text}
              {problem.details.map((detail) => <span key={detail} className="block">{detail}</span>)}
            </span>
          </>
        )}
      </div>
      {asking && (
        <ConfirmDialog title="Cancel this order?" action="Cancel the order" onClose={() => setAsking(false)} onConfirm={() => change.mutate('cancelled')}>
          Its units go back into the stock, and its total counts as cancelled. A cancelled order can’t be taken up again.
        </ConfirmDialog>
      )}
    </>
  );
}

interface StepButtonProps {
  status: OrderStatus;
  doing: boolean;
  disabled: boolean;
  onClick: () => void;
}

function StepButton({ status, doing, disabled, onClick }: StepButtonProps) {
  return (
    <button
      type="button"
      className={`button ${status === 'cancelled' ? 'button-danger' : 'button-primary'}`}
      disabled={disabled}
      aria-busy={doing}
      onClick={onClick}
    >
      <Icon name={doing ? 'refresh' : status} className={doing ? 'size-4 spinning' : 'size-4'} />
      {doing ? verbs[status].doing : verbs[status].does}
    </button>
  );
}

import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { send } from '../../api/client';
import { toApiError } from '../../api/errors';
import type { Alert, AnalyticsSchema } from '../../api/types';
import { conditionText, filterText, windowText } from '../../components/alertText';
import { Card, CardBody, CardEmpty } from '../../components/Card';
import { DataTable } from '../../components/DataTable';
import { ConfirmDialog } from '../../components/Dialog';
import { Icon } from '../../components/Icon';
import { Moment } from '../../components/Moment';
import { StateLabel } from '../../components/StateLabel';
import { toast } from '../../lib/toasts';
import { useLiveRead } from '../../live/useLiveRead';
import { isStaff } from '../../session/roles';
import { useAccount } from '../../session/useAccount';
import { AlertForm } from './AlertForm';

const path = '/analytics/alerts';

/** What is watched, and how it stands. */
export function AlertsCard() {
  const staff = isStaff(useAccount().role);
  const [editing, setEditing] = useState<Alert | 'new' | null>(null);
  const answer = useLiveRead<{ alerts: Alert[] }>(path, {});
  const schema = useLiveRead<AnalyticsSchema>('/analytics/schema', {});
  return (
    <Card
      title="Alerts"
      icon="bell"
      actions={
        staff && (
          <button
            type="button"
            className="button"
            disabled={schema.data === undefined}
            title={schema.error ? `The metrics can’t be had: ${toApiError(schema.error).message}` : undefined}
            onClick={() => setEditing('new')}
          >
            <Icon name="plus" />
            Watch a metric
          </button>
        )
      }
    >
      <CardBody query={answer} skeleton={<div className="skeleton h-40 w-full" />}>
        {({ alerts }) =>
          alerts.length === 0 ? (
            <CardEmpty title="Nothing is watched yet">
              An alert looks at one metric over the last minutes or hours, and tells here, on every open page and by webhook when it
              leaves its bounds.
            </CardEmpty>
          ) : (
            <AlertTable alerts={alerts} schema={schema.data} onEdit={staff ? setEditing : null} />
          )
        }
      </CardBody>
      {editing !== null && schema.data && (
        <AlertForm alert={editing === 'new' ? null : editing} schema={schema.data} onClose={() => setEditing(null)} />
      )}
    </Card>
  );
}

interface AlertTableProps {
  alerts: readonly Alert[];
  schema: AnalyticsSchema | undefined;
  /** Null for readers who may change nothing. */
  onEdit: ((alert: Alert) => void) | null;
}

function AlertTable({ alerts, schema, onEdit }: AlertTableProps) {
  const client = useQueryClient();
  const [removing, setRemoving] = useState<Alert | null>(null);
  const [trying, setTrying] = useState<string | null>(null);
  const titleOf = (metric: string) => schema?.metrics.find(({ name }) => name === metric)?.title ?? metric.replaceAll('_', ' ');

  const act = async (work: () => Promise<unknown>, done: string) => {
    try {
      await work();
      toast(done, 'good');
    } catch (error) {
      toast(toApiError(error).message, 'bad');
    }
    await client.invalidateQueries();
  };

  const tryWebhook = async ({ id, name }: Alert) => {
    setTrying(id);
    try {
      const { delivered, error } = await send<{ delivered: boolean; error: string | null }>('POST', `${path}/${id}/test`);
      toast(delivered ? `The webhook of ${name} took it.` : `The webhook of ${name} did not take it: ${error ?? 'no reason given'}`, delivered ? 'good' : 'bad');
    } catch (error) {
      toast(toApiError(error).message, 'bad');
    }
    setTrying(null);
  };

  return (
    <>
      <DataTable
        caption="What is watched, and how it stands"
        columns={[
          {
            key: 'name',
            head: 'Alert',
            className: 'min-w-44 max-w-80',
            cell: (alert) => (
              <>
                <span className="block font-medium">{alert.name}</span>
                <span className="text-xs text-ink-3">
                  {titleOf(alert.metric)} {conditionText(alert.condition)}, {windowText(alert.window_minutes)}
                  {alert.filters.map((filter) => `; ${filterText(filter)}`)}
                </span>
                {alert.webhook && <span className="block text-xs break-all text-ink-3">tells {alert.webhook.url}</span>}
              </>
            ),
          },
          {
            key: 'state',
            head: 'State',
            cell: ({ enabled, status }) =>
              !enabled ? <StateLabel state="plain">off</StateLabel> : status === 'firing' ? <StateLabel state="bad">firing</StateLabel> : <StateLabel state="good">quiet</StateLabel>,
          },
          {
            key: 'fired',
            head: 'Last fired',
            cell: ({ fired_at: at }) => (at === null ? <span className="text-ink-3">never</span> : <Moment at={at} />),
          },
          ...(onEdit
            ? [
                {
                  key: 'change',
                  head: 'Change',
                  cell: (alert: Alert) => (
                    <div className="flex gap-1.5">
                      <button
                        type="button"
                        className="button"
                        aria-label={`Change ${alert.name}`}
                        disabled={schema === undefined}
                        onClick={() => onEdit(alert)}
                      >
                        Edit
                      </button>
                      {alert.webhook && (
                        <button
                          type="button"
                          className="button"
                          aria-label={`Try the webhook of ${alert.name}`}
                          disabled={trying !== null}
                          onClick={() => void tryWebhook(alert)}
                        >
                          {trying === alert.id ? 'Trying…' : 'Try'}
                        </button>
                      )}
                      <button type="button" className="button button-icon" aria-label={`Delete ${alert.name}`} title="Delete" onClick={() => setRemoving(alert)}>
                        <Icon name="close" />
                      </button>
                    </div>
                  ),
                },
              ]
            : []),
        ]}
        rows={alerts}
        rowKey={({ id }) => id}
      />
      {removing && (
        <ConfirmDialog
          title={`Delete “${removing.name}”?`}
          action="Delete"
          onConfirm={() => void act(() => send('DELETE', `${path}/${removing.id}`), 'The alert is deleted.')}
          onClose={() => setRemoving(null)}
        >
          It is watched no longer. What it said stays in the list.
        </ConfirmDialog>
      )}
    </>
  );
}

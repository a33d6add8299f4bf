import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { send } from '../../api/client';
import { toApiError } from '../../api/errors';
import type { ModelStatus, Training } from '../../api/types';
import { count } from '../../lib/format';
import { toast } from '../../lib/toasts';
import { useLiveRead } from '../../live/useLiveRead';

const path = '/ai/model/status';
const lookEveryMs = 500;

const at = (instant: string | null): number => (instant === null ? -Infinity : Date.parse(instant));

/** The state of the model, a way to have it trained, and word of each training's end that this page has seen under way. */
export function useTraining() {
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  // When the training began that the page waits for, by the server's clock.
  const awaited = useRef<string | null>(null);
  const model = useLiveRead<ModelStatus>(path, {}, { everyWhile: ({ training }) => (training !== null ? lookEveryMs : null) });
  const status = model.data;

  useEffect(() => {
    if (status === undefined) return;
    if (status.training !== null) {
      awaited.current = status.training.started_at;
    } else if (awaited.current !== null && at(status.timestamp) >= at(awaited.current)) {
      awaited.current = null;
      if (status.is_trained) toast(`The model is trained: version ${count(status.model_version)} answers now.`, 'good');
    }
  }, [status]);

  const train = async () => {
    setAsking(true);
    try {
      const { timestamp } = await send<Training>('POST', '/ai/train');
      // One that began before this page last looked was not begun by this press.
      if (status !== undefined && at(timestamp) <= at(status.timestamp)) toast('A training was under way already; this is how far it is.');
      awaited.current = timestamp;
      await client.invalidateQueries({ queryKey: [path] });
    } catch (error) {
      toast(`The training could not be started: ${toApiError(error).message}`, 'bad');
    } finally {
      setAsking(false);
    }
  };

  return { model, train, asking };
}

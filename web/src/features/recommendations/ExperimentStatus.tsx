import type { Experiment } from '../../api/types';
import { StateLabel } from '../../components/StateLabel';
import { statusOf } from './experimentWords';

export function ExperimentStatus({ experiment }: { experiment: Experiment }) {
  const { state, words } = statusOf(experiment);
  return <StateLabel state={state}>{words}</StateLabel>;
}

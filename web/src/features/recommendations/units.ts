import { count } from '../../lib/format';

/** "41 ms", "2.9 s". */
export const took = (ms: number): string => (ms < 1_000 ? `${count(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`);

const steps = ['bytes', 'kB', 'MB', 'GB'] as const;

/** "8.4 MB", in thousands. */
export function bytes(value: number): string {
  let size = value;
  let step = 0;
  while (size >= 1_000 && step < steps.length - 1) {
    size /= 1_000;
    step += 1;
  }
  return `${step === 0 ? count(size) : size.toFixed(1)} ${steps[step] ?? ''}`;
}

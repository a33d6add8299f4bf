/** One place on the time axis of a sales chart. */
export interface SalesPoint {
  key: string;
  /** In full, for tables and tips. */
  label: string;
  /** In short, for the axis. */
  tick: string;
  net: number;
  gross: number;
  cancelled: number;
  /** The same place of the earlier days; null where there is none or none is wanted. */
  before: { label: string; net: number } | null;
  /** It is not over yet. */
  incomplete: boolean;
}

export type Series = 'net' | 'gross' | 'cancelled';

export const isQuiet = (points: readonly SalesPoint[]): boolean =>
  points.every(({ gross, cancelled, before }) => gross === 0 && cancelled === 0 && (before?.net ?? 0) === 0);

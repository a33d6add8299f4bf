import { useId } from 'react';

interface SparklineProps {
  /** Null where there is no figure: the line has a gap there. */
  values: readonly (number | null)[];
  /** The period before, drawn behind on the same scale. */
  previous?: readonly (number | null)[] | undefined;
  /** The last value still grows. */
  incomplete: boolean;
}

const width = 120;
const height = 36;
const edge = 3;

type Point = readonly [x: number, y: number];

/** The points between gaps. */
function runs(points: readonly (Point | null)[]): Point[][] {
  const found: Point[][] = [[]];
  for (const point of points) {
    if (point === null) found.push([]);
    else found.at(-1)?.push(point);
  }
  return found.filter((run) => run.length > 0);
}

const stroke = (run: readonly Point[]) =>
  // One by itself is a line of no length, which round ends make a dot.
  run.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(2)} ${y.toFixed(2)}`).join('') + (run.length === 1 ? 'h0' : '');

const line = (points: readonly (Point | null)[]) => runs(points).map(stroke).join('');

const area = (points: readonly (Point | null)[]) =>
  runs(points)
    .map((run) => `${stroke(run)}L${run.at(-1)?.[0] ?? width} ${height}L${run[0]?.[0] ?? 0} ${height}Z`)
    .join('');

/** Only the shape: the figures stand in the card, the days in the sales table. */
export function Sparkline({ values, previous = [], incomplete }: SparklineProps) {
  const id = useId();
  if (values.length < 2 || values.every((value) => value === null)) return null;
  const all = [...values, ...previous].filter((value) => value !== null);
  const low = Math.min(0, ...all);
  const span = Math.max(...all) - low || 1;
  const place = (series: readonly (number | null)[]) =>
    series.map((value, index): Point | null =>
      value === null ? null : [(index / (series.length - 1)) * width, height - edge - ((value - low) / span) * (height - 2 * edge)],
    );
  const points = place(values);
  const solid = incomplete ? points.slice(0, -1) : points;
  const last = points.at(-1) ?? null;
  return (
    <svg aria-hidden="true" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" className="h-9 w-full overflow-visible">
      <defs>
        <linearGradient id={id} x1="0" y1="0" x2="0" y2="1">
          <stop offset="0" stopColor="var(--plot-net)" stopOpacity="0.32" />
          <stop offset="1" stopColor="var(--plot-net)" stopOpacity="0" />
        </linearGradient>
      </defs>
      <g fill="none" strokeWidth="1.75" strokeLinejoin="round" strokeLinecap="round" vectorEffect="non-scaling-stroke">
        <path d={area(points)} fill={`url(#${id})`} stroke="none" />
        {previous.length > 1 && (
          <path d={line(place(previous))} stroke="var(--plot-previous)" strokeOpacity="0.6" strokeWidth="1.25" strokeDasharray="3 3" vectorEffect="non-scaling-stroke" />
        )}
        <path d={line(solid)} stroke="var(--plot-net)" vectorEffect="non-scaling-stroke" />
        {incomplete && (
          <path d={line(points.slice(-2))} stroke="var(--plot-net)" strokeDasharray="2 3" vectorEffect="non-scaling-stroke" />
        )}
        {/* A line of no length with round ends is a dot that the stretched picture doesn't distort. */}
        {last && <path d={`M${last[0]} ${last[1]}h0`} stroke="var(--plot-net)" strokeWidth="5" vectorEffect="non-scaling-stroke" />}
      </g>
    </svg>
  );
}

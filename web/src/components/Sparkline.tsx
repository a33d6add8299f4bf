import { useId } from 'react';

interface SparklineProps {
  values: readonly number[];
  /** The period before, drawn behind on the same scale. */
  previous?: readonly number[] | undefined;
  /** The last value still grows. */
  incomplete: boolean;
}

const width = 120;
const height = 36;
const edge = 3;

type Point = readonly [x: number, y: number];

const line = (points: readonly Point[]) =>
  points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(2)} ${y.toFixed(2)}`).join('');

/** Only the shape: the figures stand in the card, the days in the sales table. */
export function Sparkline({ values, previous = [], incomplete }: SparklineProps) {
  const id = useId();
  if (values.length < 2) return null;
  const all = [...values, ...previous];
  const low = Math.min(0, ...all);
  const span = Math.max(...all) - low || 1;
  const place = (series: readonly number[]): Point[] =>
    series.map((value, index) => [
      (index / (series.length - 1)) * width,
      height - edge - ((value - low) / span) * (height - 2 * edge),
    ]);
  const points = place(values);
  const solid = incomplete ? points.slice(0, -1) : points;
  const last = points.at(-1) ?? [width, height];
  return (
    <svg aria-hidden="true" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" className="h-9 w-full overflow-visible">
      <defs>
        <linearGradient id={id} x1="0" y1="0" x2="0" y2="1">
          <stop offset="0" stopColor="var(--plot-net)" stopOpacity="0.32" />
          <stop offset="1" stopColor="var(--plot-net)" stopOpacity="0" />
        </linearGradient>
      </defs>
      <g fill="none" strokeWidth="1.75" strokeLinejoin="round" strokeLinecap="round" vectorEffect="non-scaling-stroke">
        <path d={`${line(points)}L${width} ${height}L0 ${height}Z`} fill={`url(#${id})`} stroke="none" />
        {previous.length > 1 && (
          <path d={line(place(previous))} stroke="var(--plot-previous)" strokeOpacity="0.6" strokeWidth="1.25" strokeDasharray="3 3" vectorEffect="non-scaling-stroke" />
        )}
        <path d={line(solid)} stroke="var(--plot-net)" vectorEffect="non-scaling-stroke" />
        {incomplete && (
          <path d={line(points.slice(-2))} stroke="var(--plot-net)" strokeDasharray="2 3" vectorEffect="non-scaling-stroke" />
        )}
        {/* A line of no length with round ends is a dot that the stretched picture doesn't distort. */}
        <path d={`M${last[0]} ${last[1]}h0`} stroke="var(--plot-net)" strokeWidth="5" vectorEffect="non-scaling-stroke" />
      </g>
    </svg>
  );
}

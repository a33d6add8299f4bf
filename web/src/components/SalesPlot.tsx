import { memo } from 'react';
import { Area, Bar, CartesianGrid, ComposedChart, Line, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { money, moneyShort } from '../lib/format';
import { axis } from './plot';
import { PlotTip } from './PlotTip';
import type { SalesPoint, Series } from './salesPoints';

interface SalesPlotProps {
  points: readonly SalesPoint[];
  currency: string;
  hidden: readonly Series[];
}

interface Row {
  point: SalesPoint;
  key: string;
  /** Net revenue of what is over. */
  net: number | null;
  /** Net revenue of what is running and of the place before it, so that a dashed line joins them. */
  running: number | null;
  gross: number;
  cancelled: number;
  net_before: number | null;
}

function toRows(points: readonly SalesPoint[]): Row[] {
  return points.map((point, index) => ({
    point,
    key: point.key,
    net: point.incomplete ? null : point.net,
    running: point.incomplete || (points[index + 1]?.incomplete ?? false) ? point.net : null,
    gross: point.gross,
    cancelled: point.cancelled,
    net_before: point.before?.net ?? null,
  }));
}

/** The picture of the sales table. Not animated: it is drawn again with every order that arrives. */
function SalesPlot({ points, currency, hidden }: SalesPlotProps) {
  const rows = toRows(points);
  const ticks = new Map(points.map(({ key, tick }) => [key, tick]));
  const before = points.some((point) => point.before !== null);
  const shows = (series: Series) => !hidden.includes(series);
  const single = rows.length === 1;
  return (
    <ResponsiveContainer width="100%" height="100%">
      <ComposedChart data={rows} accessibilityLayer={false} margin={{ top: 10, right: 12, bottom: 0, left: 0 }}>
        <defs>
          <linearGradient id="sales-net" x1="0" y1="0" x2="0" y2="1">
            <stop offset="0" stopColor="var(--plot-net)" stopOpacity={0.38} />
            <stop offset="1" stopColor="var(--plot-net)" stopOpacity={0.02} />
          </linearGradient>
        </defs>
        <CartesianGrid vertical={false} stroke="var(--line)" />
        <XAxis
          dataKey="key"
          tickFormatter={(key: string) => ticks.get(key) ?? key}
          {...axis}
          minTickGap={18}
          // One by itself in the middle of its own width when there is only one; else lines from edge to edge.
          scale={single ? 'band' : 'point'}
          padding={single ? 'no-gap' : { left: 14, right: 14 }}
        />
        <YAxis
          tickFormatter={(value: number) => moneyShort(value, currency)}
          {...axis}
          width="auto"
        />
        <Tooltip
          isAnimationActive={false}
          cursor={single ? { fill: 'var(--fill)' } : { stroke: 'var(--ink-3)', strokeDasharray: '3 3' }}
          content={({ active, payload }) => {
            const row = active ? (payload[0]?.payload as Row | undefined) : undefined;
            return row ? <Tip row={row} currency={currency} /> : null;
          }}
        />
        {shows('cancelled') && (
          <Bar dataKey="cancelled" fill="var(--plot-cancelled)" fillOpacity={0.85} radius={[3, 3, 0, 0]} maxBarSize={single ? 56 : 14} isAnimationActive={false} />
        )}
        {single ? (
          <>
            {shows('gross') && <Bar dataKey="gross" fill="var(--plot-gross)" radius={[4, 4, 0, 0]} maxBarSize={56} isAnimationActive={false} />}
            {shows('net') && <Bar dataKey={(row: Row) => row.point.net} fill="var(--plot-net)" radius={[4, 4, 0, 0]} maxBarSize={56} isAnimationActive={false} />}
            {before && <Bar dataKey="net_before" fill="var(--plot-previous)" fillOpacity={0.25} stroke="var(--plot-previous)" strokeDasharray="4 4" radius={[4, 4, 0, 0]} maxBarSize={56} isAnimationActive={false} />}
          </>
        ) : (
          <>
            {before && <Line dataKey="net_before" stroke="var(--plot-previous)" strokeWidth={1.75} strokeDasharray="5 5" dot={false} activeDot={false} isAnimationActive={false} type="monotone" />}
            {shows('gross') && <Line dataKey="gross" stroke="var(--plot-gross)" strokeWidth={1.75} dot={false} activeDot={{ r: 3 }} isAnimationActive={false} type="monotone" />}
            {shows('net') && <Area dataKey="net" stroke="var(--plot-net)" strokeWidth={2.75} fill="url(#sales-net)" activeDot={{ r: 4 }} dot={rows.length <= 14 ? { r: 3, fill: 'var(--plot-net)', strokeWidth: 0, fillOpacity: 1 } : false} isAnimationActive={false} type="monotone" />}
            {shows('net') && <Line dataKey="running" stroke="var(--plot-net)" strokeWidth={2.5} strokeDasharray="2 5" strokeLinecap="round" dot={<RunningDot />} activeDot={false} isAnimationActive={false} />}
          </>
        )}
      </ComposedChart>
    </ResponsiveContainer>
  );
}

interface RunningDotProps {
  cx?: number;
  cy?: number;
  payload?: Row;
}

/** Hollow: it can still grow. */
function RunningDot({ cx, cy, payload }: RunningDotProps) {
  if (!payload?.point.incomplete || cx === undefined || cy === undefined) return null;
  return <circle cx={cx} cy={cy} r={4} fill="var(--page)" stroke="var(--plot-net)" strokeWidth={2} />;
}

function Tip({ row, currency }: { row: Row; currency: string }) {
  const { label, net, gross, cancelled, before, incomplete } = row.point;
  const line = (name: string, amount: number, colour: string) => ({ name, value: money(amount, currency), colour });
  return (
    <PlotTip
      title={
        <>
          {label}
          {incomplete && <span className="font-normal text-ink-2"> so far</span>}
        </>
      }
      lines={[
        line('Net', net, 'var(--plot-net)'),
        line('Gross', gross, 'var(--plot-gross)'),
        line('Cancelled', cancelled, 'var(--plot-cancelled)'),
        ...(before ? [line(`Net ${before.label}`, before.net, 'var(--plot-previous)')] : []),
      ]}
    />
  );
}

export default memo(SalesPlot);

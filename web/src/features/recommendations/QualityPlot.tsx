import { memo } from 'react';
import { CartesianGrid, Line, LineChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import type { QualityOfTask } from '../../api/types';
import { axis } from '../../components/plot';
import { PlotTip } from '../../components/PlotTip';
import { addDays, daysInclusive } from '../../lib/dates';
import { dayLong, dayOfWeek, dayShort, percent, plural } from '../../lib/format';
import { share } from './quality';

interface QualityPlotProps {
  days: QualityOfTask['by_day'];
  /** First and last day of the axis; one without orders is a gap. */
  from: string;
  to: string;
}

/** The share of orders that were foretold, day by day, with that of the best sellers dashed. */
function QualityPlot({ days, from, to }: QualityPlotProps) {
  const byDate = new Map(days.map((day) => [day.date, day]));
  const rows = Array.from({ length: daysInclusive(from, to) }, (_, index) => {
    const date = addDays(from, index);
    const day = byDate.get(date);
    return { date, day, ours: inPercent(day?.hit_rate), theirs: inPercent(day?.baseline.hit_rate) };
  });
  return (
    <ResponsiveContainer width="100%" height="100%">
      <LineChart data={rows} accessibilityLayer={false} margin={{ top: 10, right: 12, bottom: 0, left: 0 }}>
        <CartesianGrid vertical={false} stroke="var(--line)" />
        <XAxis dataKey="date" {...axis} minTickGap={18} scale="point" padding={{ left: 14, right: 14 }} tickFormatter={(date: string) => (rows.length > 14 ? dayShort(date) : dayOfWeek(date))} />
        <YAxis {...axis} width="auto" domain={[0, 'auto']} tickFormatter={percent} />
        <Tooltip
          isAnimationActive={false}
          cursor={{ stroke: 'var(--ink-3)', strokeDasharray: '3 3' }}
          content={({ active, payload }) => {
            const day = active ? (payload[0]?.payload as (typeof rows)[number] | undefined)?.day : undefined;
            return day ? (
              <PlotTip
                title={`${dayLong(day.date)}, ${plural(day.cases, 'order')}`}
                lines={[
                  { name: 'Recommendations', value: share(day.hit_rate), colour: 'var(--plot-net)' },
                  { name: 'Best sellers alone', value: share(day.baseline.hit_rate), colour: 'var(--plot-previous)' },
                ]}
              />
            ) : null;
          }}
        />
        <Line dataKey="theirs" stroke="var(--plot-previous)" strokeWidth={2} strokeDasharray="5 4" dot={{ r: 2, strokeDasharray: '0' }} isAnimationActive={false} />
        <Line dataKey="ours" stroke="var(--plot-net)" strokeWidth={2.5} dot={{ r: 3, fill: 'var(--plot-net)' }} isAnimationActive={false} />
      </LineChart>
    </ResponsiveContainer>
  );
}

const inPercent = (fraction: number | null | undefined): number | null => (fraction === null || fraction === undefined ? null : fraction * 100);

export default memo(QualityPlot);

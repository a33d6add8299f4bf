import { memo } from 'react';
import { Area, CartesianGrid, ComposedChart, Line, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import type { Schemas } from '../../api/types';
import { axis } from '../../components/plot';
import { PlotTip } from '../../components/PlotTip';
import { dayLong, dayOfWeek, dayShort, money, moneyShort } from '../../lib/format';

type Day = Schemas['ForecastDay'];

/** The expected line within the bands that hold 80 and 95 of 100 such days. */
function ForecastPlot({ days, currency }: { days: readonly Day[]; currency: string }) {
  const rows = days.map((day) => ({ day, date: day.date, expected: day.expected_revenue, inner: [day.low_80, day.high_80], outer: [day.low_95, day.high_95] }));
  return (
    <ResponsiveContainer width="100%" height="100%">
      <ComposedChart data={rows} accessibilityLayer={false} margin={{ top: 10, right: 12, bottom: 0, left: 0 }}>
        <CartesianGrid vertical={false} stroke="var(--line)" />
        <XAxis dataKey="date" {...axis} minTickGap={18} scale="point" padding={{ left: 14, right: 14 }} tickFormatter={(date: string) => (rows.length > 14 ? dayShort(date) : dayOfWeek(date))} />
        <YAxis {...axis} width="auto" tickFormatter={(value: number) => moneyShort(value, currency)} />
        <Tooltip
          isAnimationActive={false}
          cursor={{ stroke: 'var(--ink-3)', strokeDasharray: '3 3' }}
          content={({ active, payload }) => {
            const row = active ? (payload[0]?.payload as (typeof rows)[number] | undefined) : undefined;
            if (!row) return null;
            const between = (low: number, high: number) => `${money(low, currency)} – ${money(high, currency)}`;
            return (
              <PlotTip
                title={dayLong(row.date)}
                lines={[
                  { name: 'Expected', value: money(row.day.expected_revenue, currency), colour: 'var(--plot-net)' },
                  { name: '80 of 100 times', value: between(row.day.low_80, row.day.high_80), colour: 'var(--plot-net)' },
                  { name: '95 of 100 times', value: between(row.day.low_95, row.day.high_95), colour: 'var(--plot-net)' },
                ]}
              />
            );
          }}
        />
        <Area dataKey="outer" stroke="none" fill="var(--plot-net)" fillOpacity={0.12} isAnimationActive={false} type="monotone" activeDot={false} />
        <Area dataKey="inner" stroke="none" fill="var(--plot-net)" fillOpacity={0.2} isAnimationActive={false} type="monotone" activeDot={false} />
        <Line dataKey="expected" stroke="var(--plot-net)" strokeWidth={2.5} strokeDasharray="6 4" dot={false} isAnimationActive={false} type="monotone" />
      </ComposedChart>
    </ResponsiveContainer>
  );
}

export default memo(ForecastPlot);

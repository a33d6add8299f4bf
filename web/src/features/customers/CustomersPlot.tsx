import { memo } from 'react';
import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { bucketOf, figure, isIncomplete, rowLabels, text } from '../../api/table';
import type { AnalyticsTable } from '../../api/types';
import { axis } from '../../components/plot';
import { PlotTip } from '../../components/PlotTip';
import { bucketTick } from '../../lib/buckets';
import { count } from '../../lib/format';

/** Returning customers as full bars, new ones as hollow ones on top. */
function CustomersPlot({ table }: { table: AnalyticsTable }) {
  const bucket = bucketOf(table);
  const label = rowLabels(table);
  const rows = table.rows.map((row) => ({
    key: text(row, bucket),
    label: label(row),
    fresh: figure(row, 'new_customers') ?? 0,
    returning: figure(row, 'returning_customers') ?? 0,
    incomplete: isIncomplete(row),
  }));
  return (
    <ResponsiveContainer width="100%" height="100%">
      <BarChart data={rows} accessibilityLayer={false} margin={{ top: 10, right: 12, bottom: 0, left: 0 }}>
        <CartesianGrid vertical={false} stroke="var(--line)" />
        <XAxis dataKey="key" {...axis} minTickGap={18} tickFormatter={(key: string) => bucketTick(bucket, key, rows.length)} />
        <YAxis {...axis} width="auto" allowDecimals={false} tickFormatter={count} />
        <Tooltip
          isAnimationActive={false}
          cursor={{ fill: 'var(--fill)' }}
          content={({ active, payload }) => {
            const row = active ? (payload[0]?.payload as (typeof rows)[number] | undefined) : undefined;
            return row ? (
              <PlotTip
                title={`${row.label}${row.incomplete ? ' so far' : ''}`}
                lines={[
                  { name: 'New', value: count(row.fresh), colour: 'var(--plot-gross)' },
                  { name: 'Returning', value: count(row.returning), colour: 'var(--plot-net)' },
                ]}
              />
            ) : null;
          }}
        />
        <Bar dataKey="returning" stackId="customers" fill="var(--plot-net)" maxBarSize={28} isAnimationActive={false} />
        <Bar
          dataKey="fresh"
          stackId="customers"
          fill="var(--plot-gross)"
          fillOpacity={0.18}
          stroke="var(--plot-gross)"
          strokeWidth={1.5}
          maxBarSize={28}
          radius={[3, 3, 0, 0]}
          isAnimationActive={false}
        />
      </BarChart>
    </ResponsiveContainer>
  );
}

export default memo(CustomersPlot);

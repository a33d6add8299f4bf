import { memo } from 'react';
import { Bar, CartesianGrid, ComposedChart, Line, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { axis } from '../../components/plot';
import { dayLong, dayOfWeek, dayShort, money, moneyShort, plural } from '../../lib/format';
import type { ProductDay } from './ProductSales';

interface ProductSalesPlotProps {
  days: readonly ProductDay[];
  currency: string;
}

/** Bars, since single products are not sold on every day; the day that is not over is hollow. */
function ProductSalesPlot({ days, currency }: ProductSalesPlotProps) {
  const rows = days.map((day) => ({ ...day, done: day.incomplete ? null : day.revenue, running: day.incomplete ? day.revenue : null }));
  return (
    <ResponsiveContainer width="100%" height="100%">
      <ComposedChart data={rows} accessibilityLayer={false} margin={{ top: 10, right: 12, bottom: 0, left: 0 }}>
        <CartesianGrid vertical={false} stroke="var(--line)" />
        <XAxis
          dataKey="day"
          tickFormatter={(day: string) => (rows.length > 14 ? dayShort(day) : dayOfWeek(day))}
          {...axis}
          minTickGap={18}
        />
        <YAxis tickFormatter={(value: number) => moneyShort(value, currency)} {...axis} width="auto" />
        <Tooltip
          isAnimationActive={false}
          cursor={{ fill: 'var(--fill)' }}
          content={({ active, payload }) => {
            const row = active ? (payload[0]?.payload as ProductDay | undefined) : undefined;
            return row ? <Tip row={row} currency={currency} /> : null;
          }}
        />
        <Bar dataKey="done" stackId="net" fill="var(--plot-net)" radius={[3, 3, 0, 0]} maxBarSize={40} isAnimationActive={false} />
        <Bar dataKey="running" stackId="net" fill="var(--plot-net)" fillOpacity={0.2} stroke="var(--plot-net)" strokeDasharray="4 3" radius={[3, 3, 0, 0]} maxBarSize={40} isAnimationActive={false} />
        <Line dataKey="before" stroke="var(--plot-previous)" strokeWidth={1.75} strokeDasharray="5 5" dot={rows.length === 1 ? { r: 4 } : false} activeDot={false} isAnimationActive={false} type="monotone" />
      </ComposedChart>
    </ResponsiveContainer>
  );
}

function Tip({ row, currency }: { row: ProductDay; currency: string }) {
  return (
    <div className="float px-3 py-2.5 text-xs">
      <p className="mb-1.5 font-medium">
        {dayLong(row.day)}
        {row.incomplete && <span className="font-normal text-ink-2"> so far</span>}
      </p>
      <p className="figure font-medium">{money(row.revenue, currency)}</p>
      <p className="figure mt-0.5 text-ink-2">{plural(row.units, 'unit')} in {plural(row.orders, 'order')}</p>
      {row.before !== null && <p className="figure mt-0.5 text-ink-2">before: {money(row.before, currency)}</p>}
    </div>
  );
}

export default memo(ProductSalesPlot);

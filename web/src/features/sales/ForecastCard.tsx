import { lazy } from 'react';
import type { Forecast } from '../../api/types';
import { CardEmpty } from '../../components/Card';
import { ChartCard } from '../../components/ChartCard';
import { Choice } from '../../components/Choice';
import { DataTable } from '../../components/DataTable';
import { useSearchChoice } from '../../lib/address';
import { dayLong, dayRange, money } from '../../lib/format';
import { useLiveRead } from '../../live/useLiveRead';

const ForecastPlot = lazy(() => import('./ForecastPlot'));

const horizons = ['14', '30', '60'] as const;

/** What the next days are expected to bring, with how sure that is. */
export function ForecastCard() {
  const [days, setDays] = useSearchChoice('ahead', horizons);
  const params = { days };
  const answer = useLiveRead<Forecast>('/analytics/reports/forecast', params);
  return (
    <ChartCard
      title="Forecast of net revenue"
      icon="revenue"
      query={answer}
      actions={<Choice label="How far ahead" choices={horizons.map((each) => [each, `${each} days`] as const)} value={days} onChange={setDays} />}
      csv={{ request: { path: '/analytics/reports/forecast', params }, fileName: `forecast ${days} days` }}
      summary={(data) => data.explanation}
      empty={(data) =>
        data.state === 'made' ? null : (
          <CardEmpty title={data.state === 'nothing_sold' ? 'Nothing was sold lately' : 'Too little history yet'}>
            A forecast is made from whole days of the past. It appears here by itself once there are enough of them.
          </CardEmpty>
        )
      }
      chart={(data) => <ForecastPlot days={data.days} currency={data.period.currency} />}
      table={(data) => <ForecastTable data={data} />}
    />
  );
}

function ForecastTable({ data: { days, period } }: { data: Forecast }) {
  const amount = (value: number) => money(value, period.currency);
  return (
    <DataTable
      caption={`Forecast of net revenue by day, ${dayRange(period.from, period.to)}`}
      columns={[
        { key: 'date', head: 'Day', cell: ({ date }) => dayLong(date), className: 'whitespace-nowrap' },
        { key: 'expected', head: 'Expected', align: 'right', cell: (day) => <span className="font-medium">{amount(day.expected_revenue)}</span> },
        { key: 'inner', head: '80 of 100 times between', align: 'right', cell: (day) => `${amount(day.low_80)} – ${amount(day.high_80)}` },
        { key: 'outer', head: '95 of 100 times between', align: 'right', cell: (day) => `${amount(day.low_95)} – ${amount(day.high_95)}` },
      ]}
      rows={days}
      rowKey={({ date }) => date}
    />
  );
}

import type { HeatMap, Schemas } from '../../api/types';
import { Card, CardBody, CardEmpty } from '../../components/Card';
import { Choice } from '../../components/Choice';
import { CsvButton } from '../../components/CsvButton';
import { useSearchChoice } from '../../lib/address';
import { count, dayRange, decimal, money } from '../../lib/format';
import { afterDays, type Days } from '../../live/useDays';
import { useLiveRead } from '../../live/useLiveRead';

type Cell = Schemas['HeatMapCell'];

const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
const hours = [...Array(24).keys()];
const metrics = [
  ['net_revenue', 'Net revenue'],
  ['placed_orders', 'Orders'],
] as const;
type Metric = (typeof metrics)[number][0];

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
const hourName = (hour: number) => `${hour.toString().padStart(2, '0')}:00`;

/** When the shop sells: a metric by hour of the week. */
export function HeatMapCard({ days }: { days: Days }) {
  const [metric, setMetric] = useSearchChoice<Metric>('heat', ['net_revenue', 'placed_orders']);
  const params = days.bounds && { ...days.bounds, metric };
  const answer = useLiveRead<HeatMap>('/analytics/reports/heat-map', params);
  return (
    <Card
      title="By hour of the week"
      icon="clock"
      actions={
        <div className="flex flex-wrap items-center gap-2">
          <Choice label="What is shown by hour" choices={metrics} value={metric} onChange={setMetric} />
          {params && (
            <CsvButton request={{ path: '/analytics/reports/heat-map', params }} fileName={`${metric} by hour of the week ${params.from} to ${params.to}`} />
          )}
        </div>
      }
    >
      <CardBody query={afterDays(days, answer)} skeleton={<div className="skeleton h-64 w-full" />}>
        {(data) => <Week data={data} />}
      </CardBody>
    </Card>
  );
}

function Week({ data }: { data: HeatMap }) {
  const { cells, metric, period } = data;
  const show = (value: number) =>
    metric.unit === 'amount' ? money(value, period.currency) : Number.isInteger(value) ? count(value) : decimal(value);
  const most = Math.max(...cells.map(({ value }) => value ?? 0), 0);
  if (most <= 0) {
    return <CardEmpty title="Nothing sold in this period">The hours in which the shop sells fill up as orders come in.</CardEmpty>;
  }
  const at = new Map(cells.map((cell) => [`${cell.weekday} ${cell.hour_of_day}`, cell]));
  const best = cells.reduce((top, cell) => ((cell.value ?? 0) > (top.value ?? 0) ? cell : top));
  return (
    <>
      <p className="mb-3 text-[0.8125rem] leading-relaxed text-ink-2">
        Strongest hour by {metric.title.toLowerCase()}: {capital(best.weekday)} from {hourName(best.hour_of_day)},{' '}
        {show(best.value ?? 0)} in {dayRange(period.from, period.to)}.
      </p>
      {/* Focusable, so that the keyboard can scroll it. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div role="region" tabIndex={0} aria-label={`${metric.title} by hour of the week`} className="relative grow overflow-x-auto">
        <table className="h-full min-h-56 w-full min-w-[32rem] table-fixed border-separate border-spacing-0.5 text-[0.6875rem]">
          <caption className="sr-only">
            {metric.title} by day of the week and hour of the day, {dayRange(period.from, period.to)}
          </caption>
          <thead className="text-ink-3" data-scale>
            <tr>
              <th scope="col" className="w-9 text-left font-normal"><span className="sr-only">Day</span></th>
              {hours.map((hour) => (
                <th key={hour} scope="col" className="font-normal">
                  <span className={hour % 3 === 0 ? '' : 'sr-only'}>{hour.toString().padStart(2, '0')}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {weekdays.map((weekday) => (
              <tr key={weekday}>
                <th scope="row" className="text-left font-normal text-ink-2">{capital(weekday).slice(0, 3)}</th>
                {hours.map((hour) => (
                  <HeatCell key={hour} cell={at.get(`${weekday} ${hour}`)} most={most} name={`${capital(weekday)} ${hourName(hour)}`} show={show} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

interface HeatCellProps {
  cell: Cell | undefined;
  most: number;
  name: string;
  show: (value: number) => string;
}

function HeatCell({ cell, most, name, show }: HeatCellProps) {
  const value = cell?.value ?? null;
  const share = value === null ? 0 : Math.max(0, value / most);
  const text = value === null ? 'no figure' : show(value);
  return (
    <td
      title={`${name}: ${text}`}
      className="rounded-[0.25rem] p-0"
      style={{ background: share === 0 ? 'var(--fill)' : `color-mix(in srgb, var(--plot-net) ${Math.round(12 + share * 88)}%, transparent)` }}
    >
      <span className="sr-only">{text}</span>
    </td>
  );
}

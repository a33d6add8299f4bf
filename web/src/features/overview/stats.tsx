import type { Dashboard, OverviewFigures, SalesDay } from '../../api/types';
import type { IconName } from '../../components/Icon';
import { Money } from '../../components/Money';
import type { Stat } from '../../components/StatCard';
import { count, dayRangeShort, money, plural } from '../../lib/format';

type Figure = 'total_revenue' | 'total_orders' | 'average_order_value' | 'active_customers';

interface StatKind {
  figure: Figure;
  title: string;
  icon: IconName;
  isMoney: boolean;
  detail: (figures: OverviewFigures, currency: string) => string;
}

export const statKinds: readonly StatKind[] = [
  {
    figure: 'total_revenue',
    title: 'Revenue',
    icon: 'revenue',
    isMoney: true,
    detail: ({ cancelled_revenue: cancelled }, currency) => `net, after ${money(cancelled, currency)} cancelled`,
  },
  {
    figure: 'total_orders',
    title: 'Orders',
    icon: 'orders',
    isMoney: false,
    detail: ({ units_sold: units, cancelled_orders: cancelled }) => `${plural(units, 'unit')} sold, ${count(cancelled)} cancelled`,
  },
  {
    figure: 'average_order_value',
    title: 'Average order value',
    icon: 'receipt',
    isMoney: true,
    detail: () => 'net revenue per order',
  },
  {
    figure: 'active_customers',
    title: 'Active customers',
    icon: 'customers',
    isMoney: false,
    detail: ({ new_customers: fresh }) => `${count(fresh)} of them new`,
  },
];

/** One card's content out of the dashboard's answer. */
export function toStat({ figure, isMoney, detail }: StatKind, dashboard: Dashboard, compare: boolean): Stat {
  const { overview, period, recent_sales: days, previous_sales: before } = dashboard;
  const { currency } = period;
  const series = (rows: readonly SalesDay[]) => rows.map((row) => row[figure]);
  return {
    value: isMoney ? <Money amount={overview[figure]} currency={currency} /> : count(overview[figure]),
    values: series(days),
    previousValues: series(before),
    detail: detail(overview, currency),
    incomplete: days.at(-1)?.incomplete ?? false,
    comparison: compare
      ? {
          change: overview.change[figure],
          previous: isMoney ? money(overview.previous[figure], currency) : count(overview.previous[figure]),
          period: dayRangeShort(period.previous_from, period.previous_to, period.to),
        }
      : null,
  };
}

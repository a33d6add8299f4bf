import { useMemo } from 'react';
import { figure, text } from '../../api/table';
import type { AnalyticsQuery, AnalyticsTable } from '../../api/types';
import { BarList } from '../../components/BarList';
import { Card, CardBody, CardEmpty } from '../../components/Card';
import { CsvButton } from '../../components/CsvButton';
import { NoFigure, nothingBefore } from '../../components/NoFigure';
import { count, dayRange, money, signedPercent } from '../../lib/format';
import { afterDays, type Days } from '../../live/useDays';
import { useLiveAsk } from '../../live/useLiveRead';

/** What sells, by category. */
export function Categories({ days }: { days: Days }) {
  const question = useMemo(
    (): AnalyticsQuery | null =>
      days.bounds && {
        metrics: ['net_revenue', 'units', 'orders'],
        dimensions: ['category'],
        ...days.bounds,
        ...(days.compare ? { compare: days.compare } : {}),
        limit: 12,
      },
    [days.bounds, days.compare],
  );
  const answer = useLiveAsk<AnalyticsTable>('/analytics/query', question);
  const { period } = days;
  return (
    <Card
      title="By category"
      icon="ranking"
      actions={
        question && period && (
          <CsvButton request={{ path: '/analytics/query', body: question }} fileName={`sales by category ${period.from} to ${period.to}`} />
        )
      }
    >
      <CardBody query={afterDays(days, answer)} skeleton={<div className="skeleton h-64 w-full" />}>
        {(table) =>
          table.rows.length === 0 ? (
            <CardEmpty title="Nothing sold in this period">Categories are listed here as soon as one of their products is ordered.</CardEmpty>
          ) : (
            <BarList
              caption={`Net revenue by category, ${dayRange(table.period.from, table.period.to)}`}
              head="Category"
              rows={table.rows.map((row) => ({
                key: text(row, 'category'),
                name: text(row, 'category') || 'Without category',
                share: figure(row, 'net_revenue') ?? 0,
                row,
              }))}
              columns={[
                { key: 'units', head: 'Units', cell: ({ row }) => count(figure(row, 'units') ?? 0) },
                ...(table.compared
                  ? [{
                      key: 'change',
                      head: 'Change',
                      cell: ({ row }: { row: AnalyticsTable['rows'][number] }) => {
                        const change = figure(row, 'change_net_revenue');
                        return change === null ? <NoFigure why={nothingBefore} /> : signedPercent(change);
                      },
                    }]
                  : []),
                { key: 'net', head: 'Net revenue', strong: true, cell: ({ row }) => money(figure(row, 'net_revenue') ?? 0, table.period.currency) },
              ]}
            />
          )
        }
      </CardBody>
    </Card>
  );
}

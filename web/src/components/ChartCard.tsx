import { Suspense, useState, type ReactNode } from 'react';
import type { TableRequest } from '../api/client';
import { Card, CardBody } from './Card';
import { CsvButton } from './CsvButton';
import { Icon, type IconName } from './Icon';
import type { CardQuery } from './query';

interface ChartCardProps<T> {
  title: string;
  icon?: IconName;
  className?: string;
  query: CardQuery<T>;
  /** The picture in words; those who see it read them too. */
  summary: (data: T) => string;
  /** Instead of an empty picture; null when there is something to draw. */
  empty?: (data: T) => ReactNode;
  /** What the lines are; stands above the picture. */
  legend?: (data: T) => ReactNode;
  chart: (data: T) => ReactNode;
  table: (data: T) => ReactNode;
  /** Whether the table stands below the picture instead of in its place. */
  both?: boolean;
  csv?: { request: TableRequest; fileName: string } | null | undefined;
  actions?: ReactNode;
  /** Height of the picture. */
  height?: string;
}

/** A picture of figures with its words, and the very figures as a real table. */
export function ChartCard<T>(props: ChartCardProps<T>) {
  const { title, icon = 'chart', className = '', query, summary, empty, legend, chart, table, both = false, csv, actions } = props;
  const { height = 'h-64 sm:h-72 2xl:h-80' } = props;
  const [asTable, setAsTable] = useState(false);
  return (
    <Card
      title={title}
      icon={icon}
      className={className}
      actions={
        <div className="flex flex-wrap items-center gap-2">
          {actions}
          {csv && <CsvButton {...csv} />}
          {!both && (
            <button type="button" className="button" onClick={() => setAsTable(!asTable)}>
              <Icon name={asTable ? 'chart' : 'table'} />
              {asTable ? 'Show chart' : 'Show table'}
            </button>
          )}
        </div>
      }
    >
      <CardBody query={query} skeleton={<div className="skeleton h-80 w-full" />}>
        {(data) => (
          <>
            <p className="mb-3 max-w-3xl text-[0.8125rem] leading-relaxed text-ink-2">{summary(data)}</p>
            {asTable
              ? table(data)
              : (empty?.(data) ?? (
                  <>
                    {legend?.(data)}
                    <div aria-hidden="true" className={height}>
                      <Suspense fallback={<div className="skeleton size-full" />}>{chart(data)}</Suspense>
                    </div>
                    {both && <div className="mt-4">{table(data)}</div>}
                  </>
                ))}
          </>
        )}
      </CardBody>
    </Card>
  );
}

import type { Cohorts, Schemas } from '../../api/types';
import { Card, CardBody, CardEmpty } from '../../components/Card';
import { Choice } from '../../components/Choice';
import { CsvButton } from '../../components/CsvButton';
import { useSearchChoice } from '../../lib/address';
import { groupBy } from '../../lib/groupBy';
import { count, money, monthShort, percent } from '../../lib/format';
import { useLiveRead } from '../../live/useLiveRead';

type Row = Schemas['CohortRow'];

// The first is the usual one; the others stand in order of length around it.
const spans = ['12', '6', '24'] as const;
const choices = [...spans].sort((a, b) => Number(a) - Number(b)).map((each) => [each, `${each} months`] as const);
const path = '/analytics/reports/cohorts';

/** Of those who first bought in one month, how many came again in the months after. */
export function CohortsCard() {
  const [months, setMonths] = useSearchChoice('cohorts', spans);
  const answer = useLiveRead<Cohorts>(path, { months });
  return (
    <Card
      title="Who came again"
      icon="customers"
      actions={
        <div className="flex flex-wrap items-center gap-2">
          <Choice
            label="How many months"
            choices={choices}
            value={months}
            onChange={setMonths}
          />
          <CsvButton request={{ path, params: { months } }} fileName={`retention by cohort, ${months} months`} />
        </div>
      }
    >
      <CardBody query={answer} skeleton={<div className="skeleton h-80 w-full" />}>
        {(data) =>
          data.cohorts.some(({ customers }) => customers > 0) ? (
            <Triangle data={data} />
          ) : (
            <CardEmpty title="No first orders in these months">
              Customers are gathered by the month of their first order; the share that comes again is shown month by month.
            </CardEmpty>
          )
        }
      </CardBody>
    </Card>
  );
}

function Triangle({ data: { cohorts, period } }: { data: Cohorts }) {
  const byCohort = groupBy(cohorts, ({ cohort }) => cohort);
  const columns = [...Array(byCohort.size).keys()];
  return (
    <>
      <p className="mb-3 max-w-3xl text-[0.8125rem] leading-relaxed text-ink-2">
        A row holds the customers who first bought in one month, a cell the share of them that placed an order so many months
        later. The running month still grows and is marked with a dot.
      </p>
      {/* Focusable, so that the keyboard can scroll it. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div role="region" tabIndex={0} aria-label="Retention by cohort" className="relative overflow-x-auto">
        <table className="figure w-full border-separate border-spacing-0.5 text-center text-xs">
          <caption className="sr-only">Share of customers who ordered again, by the month of their first order and months since</caption>
          <thead className="text-ink-3">
            <tr>
              <th scope="col" className="px-2 py-1 text-left font-medium">First order</th>
              <th scope="col" className="px-2 py-1 text-right font-medium">Customers</th>
              {columns.slice(1).map((later) => (
                <th key={later} scope="col" data-scale className="min-w-13 px-1 py-1 font-medium whitespace-nowrap">+{later}<span className="sr-only"> months</span></th>
              ))}
            </tr>
          </thead>
          <tbody>
            {[...byCohort].map(([cohort, rows]) => (
              <tr key={cohort}>
                <th scope="row" className="px-2 py-1.5 text-left font-normal whitespace-nowrap text-ink-2">{monthShort(cohort)}</th>
                <td className="px-2 py-1.5 text-right font-medium">{count(rows[0]?.customers ?? 0)}</td>
                {columns.slice(1).map((later) => {
                  const row = rows.find(({ months_later: months }) => months === later);
                  return <CohortCell key={later} row={row} currency={period.currency} />;
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function CohortCell({ row, currency }: { row: Row | undefined; currency: string }) {
  if (!row) return <td />;
  if (row.retention === null) return <td className="text-ink-3" title="Nobody first bought in that month">–</td>;
  const about = `${count(row.active_customers)} of ${count(row.customers)} in ${monthShort(row.month)}, ${money(row.gross_revenue, currency)} ordered${row.incomplete ? ', so far' : ''}`;
  return (
    <td
      title={about}
      className="rounded-[0.3rem] px-1 py-1.5 whitespace-nowrap"
      // Half a tint at most, so that the figure on it can be read in both themes.
      style={{ background: `color-mix(in srgb, var(--plot-net) ${Math.round(Math.min(50, 4 + row.retention * 0.9))}%, transparent)` }}
    >
      {percent(row.retention)}
      {row.incomplete && <span className="text-ink-2"><span aria-hidden="true"> ·</span><span className="sr-only"> so far</span></span>}
    </td>
  );
}

import { useShop } from '../../api/queries';
import type { ExperimentFinding, ExperimentReport } from '../../api/types';
import { CardEmpty } from '../../components/Card';
import { DataTable, type Column } from '../../components/DataTable';
import { StateLabel } from '../../components/StateLabel';
import { moment, money, plural } from '../../lib/format';
import { Interleaved } from './Interleaved';
import { chanceOf, comparisonWords, figureOf, guardrailOf, intervalOf, liftOf, people, verdictOf, verdicts } from './experimentWords';
import { scaleOf, Whisker } from './Whisker';
import { methodName, metrics } from './words';

/** What an experiment has found: the decision first, then what it rests on. */
export function Report({ report }: { report: ExperimentReport }) {
  const shop = useShop().data;
  const currency = shop?.currency ?? 'EUR';
  const { experiment, variants, interleaving, as_of: asOf, events_behind: behind } = report;
  if (experiment.status === 'draft') {
    return <p className="text-[0.8125rem] text-ink-2">It has not been started: nobody has seen an answer of it yet.</p>;
  }
  const seen = interleaving === null ? variants.some(({ subjects }) => subjects !== undefined && subjects > 0) : interleaving.subjects !== 0;
  if (!seen) {
    return (
      <CardEmpty title="Nobody has seen an answer yet">
        The shop’s pages tell what was seen and clicked (POST /api/ai/feedback); with the first word of it the figures begin.
      </CardEmpty>
    );
  }
  const verdict = verdictOf(report);
  return (
    <div className="space-y-5">
      <div className="rounded-xl bg-fill px-4 py-3">
        <p className="flex flex-wrap items-center gap-2"><StateLabel state={verdict.state}>{verdict.title}</StateLabel></p>
        <p className="mt-1.5 max-w-3xl text-[0.8125rem] leading-relaxed text-ink-2">{verdict.words}</p>
      </div>
      {interleaving === null ? (
        <>
          <Exposure variants={variants} currency={currency} />
          <Comparisons report={report} currency={currency} />
          <Guardrails variants={variants} />
        </>
      ) : (
        <Interleaved interleaving={interleaving} variants={variants} currency={currency} />
      )}
      <p className="text-xs text-ink-3">
        As of <time dateTime={asOf}>{moment(asOf, shop?.time_zone ?? 'UTC')}</time>
        {behind === 0 ? ', every order is counted.' : `, ${plural(behind, 'event')} not counted yet.`} Groups{' '}
        {report.sample_ratio.is_wrong ? 'differ from their weights' : 'fit their weights'} (chance of such a split: {chanceOf(report.sample_ratio.p_value)}).
      </p>
    </div>
  );
}

interface PartProps {
  variants: readonly ExperimentFinding[];
  currency: string;
}

function VariantName({ variant }: { variant: ExperimentFinding }) {
  return (
    <>
      <span className="line-clamp-2" title={variant.name}>{variant.name}</span>
      <span className="block text-xs text-ink-3">
        {methodName(variant.algorithm)}
        {variant.is_control && ' · control'}
      </span>
    </>
  );
}

function Exposure({ variants, currency }: PartProps) {
  const columns: [Column<ExperimentFinding>, ...Column<ExperimentFinding>[]] = [
    { key: 'name', head: 'Variant', className: 'min-w-36', cell: (variant) => <VariantName variant={variant} /> },
    { key: 'subjects', head: 'People', align: 'right', cell: ({ subjects }) => people(subjects) },
    { key: 'customers', head: 'Customers', align: 'right', cell: ({ customers }) => people(customers) },
    { key: 'impressions', head: 'Answers seen', align: 'right', cell: ({ impressions }) => people(impressions) },
    { key: 'clicks', head: 'Clicks', align: 'right', cell: ({ clicks }) => people(clicks) },
    { key: 'through', head: 'Click', align: 'right', cell: ({ click_through: rate }) => figureOf('click_through', rate, currency) },
    { key: 'converting', head: 'Ordered', align: 'right', cell: ({ converting_customers: customers }) => people(customers) },
    { key: 'conversion', head: 'of customers', align: 'right', cell: ({ conversion }) => figureOf('conversion', conversion, currency) },
    { key: 'orders', head: 'Orders', align: 'right', cell: ({ orders }) => people(orders) },
    { key: 'revenue', head: 'Revenue', align: 'right', cell: ({ revenue }) => (revenue === undefined ? '–' : money(revenue, currency)) },
    { key: 'each', head: 'per customer', align: 'right', cell: ({ revenue_per_customer: each }) => figureOf('revenue_per_customer', each, currency) },
    { key: 'clicked', head: 'of clicked products', align: 'right', cell: ({ click_revenue: revenue }) => (revenue === undefined ? '–' : money(revenue, currency)) },
  ];
  return <DataTable caption="Who saw each variant, and what they did" columns={columns} rows={variants} rowKey={({ name }) => name} />;
}

interface ComparisonRow {
  variant: ExperimentFinding;
  comparison: ExperimentFinding['comparisons'][number];
  decides: boolean;
}

function Comparisons({ report, currency }: { report: ExperimentReport; currency: string }) {
  const rows: ComparisonRow[] = report.variants.flatMap((variant) =>
    variant.comparisons.map((comparison) => ({ variant, comparison, decides: comparison.metric === report.experiment.metric })),
  );
  if (rows.length === 0) return null;
  const scale = scaleOf(rows.flatMap(({ comparison: { always_valid_interval: sure, lift } }) => [...(sure ? [sure.low, sure.high] : []), ...(lift === null ? [] : [lift])]));
  return (
    <div>
      <h3 className="mb-2 text-[0.8125rem] font-medium">Against the control</h3>
      <DataTable
        caption="Each variant against the control"
        columns={[
          { key: 'name', head: 'Variant', className: 'min-w-36', cell: ({ variant }) => <VariantName variant={variant} /> },
          { key: 'metric', head: 'Figure', cell: ({ comparison, decides }) => <span title={comparisonWords(comparison, currency)}>{metrics[comparison.metric]}{decides && <b className="font-semibold text-accent"> · decides</b>}</span> },
          { key: 'value', head: 'Variant’s', align: 'right', cell: ({ comparison: { metric, value } }) => figureOf(metric, value, currency) },
          { key: 'control', head: 'Control’s', align: 'right', cell: ({ comparison: { metric, control_value: value } }) => figureOf(metric, value, currency) },
          { key: 'lift', head: 'Change', align: 'right', cell: ({ comparison: { lift } }) => liftOf(lift) },
          { key: 'plot', head: 'For sure', className: 'min-w-40', cell: ({ comparison: { lift, always_valid_interval: sure } }) => <Whisker value={lift} interval={sure} scale={scale} /> },
          { key: 'sure', head: 'at every look', cell: ({ comparison }) => intervalOf(comparison.always_valid_interval) },
          { key: 'sure-p', head: 'by chance', align: 'right', cell: ({ comparison }) => <span title="How likely such a difference is by chance, however often it is looked at (always-valid p-value).">{chanceOf(comparison.always_valid_p_value)}</span> },
          { key: 'once', head: 'at a single look', cell: ({ comparison }) => intervalOf(comparison.confidence_interval) },
          { key: 'once-p', head: 'by chance', align: 'right', cell: ({ comparison }) => <span title="Right for one look at a time that was chosen beforehand (p-value).">{chanceOf(comparison.p_value)}</span> },
          { key: 'verdict', head: 'Verdict', cell: ({ variant, decides }) => decides && variant.verdict && <Verdict verdict={variant.verdict} adjusted={variant.adjusted_p_value} /> },
        ]}
        rows={rows}
        rowKey={({ variant, comparison }) => `${variant.name} ${comparison.metric}`}
      />
    </div>
  );
}

function Verdict({ verdict, adjusted }: { verdict: NonNullable<ExperimentFinding['verdict']>; adjusted: number | null }) {
  const { state, words } = verdicts[verdict];
  return (
    <span title={adjusted === null ? undefined : `By chance, all variants together: ${chanceOf(adjusted)} (Holm).`}>
      <StateLabel state={state}>{words}</StateLabel>
    </span>
  );
}

function Guardrails({ variants }: Pick<PartProps, 'variants'>) {
  const rows = variants.flatMap((variant) => variant.guardrails.map((guardrail) => ({ variant, guardrail })));
  if (rows.length === 0) return null;
  return (
    <div>
      <h3 className="mb-2 text-[0.8125rem] font-medium">Guardrails</h3>
      <ul className="space-y-2 text-[0.8125rem]">
        {rows.map(({ variant, guardrail }) => {
          const { state, words, title } = guardrailOf(guardrail);
          return (
            <li key={`${variant.name} ${guardrail.metric}`} className="flex flex-wrap items-center gap-2">
              <StateLabel state={state}>{words}</StateLabel>
              <span className="text-ink-2">
                {variant.name}: {title} {guardrail.stops_experiment && 'Stops the experiment when it is broken.'}
              </span>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

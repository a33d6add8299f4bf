import type { ExperimentFinding, ExperimentReport, Schemas } from '../../api/types';
import { DataTable } from '../../components/DataTable';
import { count, money, percent, plural } from '../../lib/format';
import { chanceOf } from './experimentWords';
import { share } from './quality';

interface InterleavedProps {
  interleaving: NonNullable<ExperimentReport['interleaving']>;
  variants: readonly ExperimentFinding[];
  currency: string;
}

/** What was found where each answer held products of both variants: whose were chosen. */
export function Interleaved({ interleaving, variants, currency }: InterleavedProps) {
  const second = variants[1]?.name ?? 'the second variant';
  // All of them are always there; the generated type has lost it on the way through `allOf`.
  const { subjects, impressions, clicks, orders, revenue } = interleaving as Required<typeof interleaving>;
  return (
    <div className="space-y-4">
      <p className="text-[0.8125rem] leading-relaxed text-ink-2">
        {plural(subjects, 'person', 'people')} saw {plural(impressions, 'answer')} and clicked {plural(clicks, 'time')};{' '}
        {plural(orders, 'order')} for {money(revenue, currency)} followed.
      </p>
      <DataTable
        caption="What either variant’s products brought"
        columns={[
          { key: 'variant', head: 'Variant', className: 'min-w-36', cell: ({ variant }) => variant },
          { key: 'clicks', head: 'Clicks', align: 'right', cell: (team) => count(team.clicks) },
          { key: 'lines', head: 'Bought after a click', align: 'right', cell: (team) => count(team.bought_lines) },
          { key: 'revenue', head: 'for', align: 'right', cell: (team) => money(team.click_revenue, currency) },
          { key: 'click', head: 'Preferred by click', align: 'right', cell: (team) => count(team.preferred_by_click) },
          { key: 'purchase', head: 'Preferred by purchase', align: 'right', cell: (team) => count(team.preferred_by_purchase) },
        ]}
        rows={interleaving.teams}
        rowKey={({ variant }) => variant}
      />
      <ul className="space-y-1 text-[0.8125rem] leading-relaxed text-ink-2">
        <Preference by="click" second={second} found={interleaving.by_click} />
        <Preference by="purchase" second={second} found={interleaving.by_purchase} />
      </ul>
    </div>
  );
}

function Preference({ by, second, found }: { by: string; second: string; found: Schemas['ExperimentPreference'] }) {
  if (found.second_share === null) return <li>By {by}: nobody has chosen yet.</li>;
  const sure = found.always_valid_interval;
  return (
    <li>
      By {by}, {share(found.second_share)} prefer {second}
      {sure && `; for sure ${percent(sure.low * 100)} to ${percent(sure.high * 100)}`} (by chance: {chanceOf(found.always_valid_p_value)}).
    </li>
  );
}

import { lazy, useMemo } from 'react';
import type { ModelQuality, QualityOfTask } from '../../api/types';
import { CardEmpty } from '../../components/Card';
import { ChartCard } from '../../components/ChartCard';
import { Choice } from '../../components/Choice';
import { DataTable } from '../../components/DataTable';
import { Notice } from '../../components/Notice';
import { StateLabel } from '../../components/StateLabel';
import { useSearchChoice } from '../../lib/address';
import { count, dayLong, dayRange, decimal, plural } from '../../lib/format';
import { useLiveRead } from '../../live/useLiveRead';
import { judgement, points, questions, sentence, share, type Task } from './quality';
import { scaleOf, Whisker } from './Whisker';

const QualityPlot = lazy(() => import('./QualityPlot'));

const spans = ['30', '7', '90', '365'] as const;
const spanTitles = [['7', '7 days'], ['30', '30 days'], ['90', '90 days'], ['365', 'A year']] as const;
const tasks = ['next', 'basket'] as const;

/** How well orders were foretold before the model learnt from them, beside what best sellers alone would have done. */
export function QualityCards() {
  const [days, setDays] = useSearchChoice('days', spans);
  const [task, setTask] = useSearchChoice<Task>('task', tasks);
  const params = useMemo(() => ({ days }), [days]);
  const quality = useLiveRead<ModelQuality>('/ai/model/quality', params);
  const nothing = (data: ModelQuality) => (data.tasks.every(({ cases }) => cases === 0) ? <Nothing /> : null);
  return (
    <>
      {quality.data !== undefined && quality.data.passed_over_orders > 0 && (
        <Notice>
          {plural(quality.data.passed_over_orders, 'order')} came faster than they could be examined since the server’s start; the figures
          below are of the others.
        </Notice>
      )}
      <div className="grid gap-4 xl:grid-cols-2">
        <ChartCard
          title="Would it have been recommended?"
          icon="balance"
          query={quality}
          height=""
          actions={<Choice label="Days of the quality figures" choices={spanTitles} value={days} onChange={setDays} />}
          summary={(data) => `${dayRange(data.from, data.to)}. Each order is put to the model before the model learns from it, and the best sellers are asked the same.`}
          empty={nothing}
          chart={(data) => <Pairs data={data} />}
          table={(data) => <TaskTable data={data} />}
        />
        <ChartCard
          title="Foretold by day"
          query={quality}
          height="h-64 sm:h-72 xl:h-96"
          actions={<Choice label="What is foretold" choices={tasks.map((name) => [name, questions[name].name])} value={task} onChange={setTask} />}
          summary={(data) => sentence(ofTask(data, task), data.cut)}
          empty={(data) => (ofTask(data, task).cases === 0 ? <Nothing /> : null)}
          legend={() => <Legend />}
          chart={(data) => <QualityPlot days={ofTask(data, task).by_day} from={data.from} to={data.to} />}
          table={(data) => <DayTable days={ofTask(data, task).by_day} />}
        />
      </div>
    </>
  );
}

function ofTask(data: ModelQuality, task: Task): QualityOfTask {
  const found = data.tasks.find((one) => one.task === task);
  if (!found) throw new Error(`The answer has no figures of ${task}.`);
  return found;
}

function Nothing() {
  return (
    <CardEmpty title="No order to tell by yet">
      With the next order that is placed the figures begin. Imported orders teach the model, and are not examined: they were known before.
    </CardEmpty>
  );
}

function Pairs({ data }: { data: ModelQuality }) {
  const lifts = data.tasks.flatMap(({ lift }) => (lift ? [lift.low, lift.high] : []));
  const scale = scaleOf(lifts);
  return (
    <div className="space-y-6">
      {data.tasks.map((task) => (
        <div key={task.task}>
          <p className="flex flex-wrap items-center justify-between gap-2 text-[0.8125rem] font-medium">
            {questions[task.task].name}
            <Judgement task={task} />
          </p>
          <p className="mt-1 text-[0.8125rem] leading-relaxed text-ink-2">{sentence(task, data.cut)}</p>
          {task.hit_rate !== null && (
            <div className="mt-3 grid grid-cols-[auto_minmax(0,1fr)_auto] items-center gap-x-3 gap-y-2 text-xs">
              <Bar name="Recommendations" fraction={task.hit_rate} />
              <Bar name="Best sellers alone" fraction={task.baseline.hit_rate} hollow />
              {task.lift && (
                <>
                  <span className="text-ink-2">Difference</span>
                  <Whisker value={task.lift.hit_rate_difference} interval={task.lift} scale={scale} />
                  <span className="figure text-right">{points(task.lift.hit_rate_difference)}</span>
                </>
              )}
            </div>
          )}
        </div>
      ))}
      <p className="text-xs leading-relaxed text-ink-3">
        A dot is the difference as measured, the band around it holds the true one nineteen of twenty times; where it touches the line of
        no difference, more orders are needed. Days are those of UTC.
      </p>
    </div>
  );
}

function Judgement({ task }: { task: QualityOfTask }) {
  const found = judgement(task);
  return found && <StateLabel state={found.state}>{found.words}</StateLabel>;
}

function Bar({ name, fraction, hollow = false }: { name: string; fraction: number | null; hollow?: boolean }) {
  const look = hollow ? 'border border-dashed border-(--plot-previous)' : 'bg-linear-to-r from-(--plot-net) to-(--plot-gross)';
  return (
    <>
      <span className="text-ink-2">{name}</span>
      <span className="h-3 overflow-hidden rounded bg-fill">
        <span className={`block h-full rounded ${look}`} style={{ width: `${(fraction ?? 0) * 100}%` }} />
      </span>
      <span className="figure text-right font-medium">{share(fraction)}</span>
    </>
  );
}

function TaskTable({ data }: { data: ModelQuality }) {
  return (
    <DataTable
      caption={`How well orders were foretold, ${dayRange(data.from, data.to)}`}
      columns={[
        { key: 'task', head: 'Foretold from', cell: ({ task }) => <span title={questions[task].asked}>{questions[task].name}</span> },
        { key: 'cases', head: 'Orders', align: 'right', cell: ({ cases }) => count(cases) },
        { key: 'ours', head: 'Recommendations', align: 'right', cell: ({ hit_rate: rate }) => share(rate) },
        { key: 'theirs', head: 'Best sellers', align: 'right', cell: ({ baseline }) => share(baseline.hit_rate) },
        { key: 'lift', head: 'Difference', align: 'right', cell: ({ lift }) => (lift ? points(lift.hit_rate_difference) : '–') },
        { key: 'low', head: 'At least', align: 'right', cell: ({ lift }) => (lift ? points(lift.low) : '–') },
        { key: 'high', head: 'At most', align: 'right', cell: ({ lift }) => (lift ? points(lift.high) : '–') },
        { key: 'ndcg', head: 'Order of the list', align: 'right', cell: ({ ndcg }) => <Ndcg value={ndcg} /> },
        { key: 'their-ndcg', head: 'of best sellers', align: 'right', cell: ({ baseline }) => <Ndcg value={baseline.ndcg} /> },
      ]}
      rows={data.tasks}
      rowKey={({ task }) => task}
    />
  );
}

function Ndcg({ value }: { value: number | null }) {
  return (
    <span title={value === null ? 'No order to tell by.' : 'How far up the right products stand, from nothing to one (normalised discounted cumulative gain).'}>
      {value === null ? '–' : decimal(value)}
    </span>
  );
}

function DayTable({ days }: { days: QualityOfTask['by_day'] }) {
  return (
    <DataTable
      caption="How well orders were foretold, by day"
      columns={[
        { key: 'day', head: 'Day (UTC)', className: 'whitespace-nowrap', value: ({ date }) => date, cell: ({ date }) => dayLong(date) },
        { key: 'cases', head: 'Orders', align: 'right', value: ({ cases }) => cases, cell: ({ cases }) => count(cases) },
        { key: 'ours', head: 'Recommendations', align: 'right', value: ({ hit_rate: rate }) => rate, cell: ({ hit_rate: rate }) => share(rate) },
        { key: 'theirs', head: 'Best sellers', align: 'right', value: ({ baseline }) => baseline.hit_rate, cell: ({ baseline }) => share(baseline.hit_rate) },
      ]}
      rows={days}
      rowKey={({ date }) => date}
      maxHeight="max-h-80"
    />
  );
}

function Legend() {
  return (
    <p aria-hidden="true" className="mb-2 flex flex-wrap gap-x-5 gap-y-1 text-xs text-ink-2">
      <span className="flex items-center gap-2"><span className="h-0 w-5 border-t-2 border-(--plot-net)" />Recommendations</span>
      <span className="flex items-center gap-2"><span className="h-0 w-5 border-t-2 border-dashed border-(--plot-previous)" />Best sellers alone</span>
    </p>
  );
}

import { Link } from 'wouter';
import { CardEmpty } from '../../components/Card';
import { DataTable, type Column } from '../../components/DataTable';
import { Icon } from '../../components/Icon';
import { addressOf, useSearch } from '../../lib/address';
import { count, decimal } from '../../lib/format';
import type { Recommendations, Recommended } from './answer';
import { algorithms, methods, reasonKinds } from './words';

interface AnswerListProps {
  answer: Recommendations;
  /** Whether products had to yield to such as differ. */
  varied: boolean;
  /** Goes on with one of the products. */
  onAsk: (id: string) => void;
  /** Puts one into the basket that was asked about; null where there is none. */
  onAdd: ((id: string) => void) | null;
}

/** What was answered: products, best first, each with its reason, and who answered. */
export function AnswerList({ answer, varied, onAsk, onAdd }: AnswerListProps) {
  const { products, algorithm, method, version } = answer;
  if (products.length === 0) {
    return (
      <CardEmpty title="Nothing to recommend">
        No product that can be bought fits. Recommendations are learnt from orders: place or import some, or ask for less.
      </CardEmpty>
    );
  }
  return (
    <>
      <p className="mb-3 text-[0.8125rem] leading-relaxed text-ink-2">
        <span className="font-medium text-ink">{methods[method].name}</span>: {methods[method].about}.{' '}
        <span className="text-ink-3">
          Algorithm {algorithm.replaceAll('_', ' ')} ({algorithms[algorithm]}), model version {count(version)}.{varied && ' Varied, so not in the order of the scores.'}
        </span>
      </p>
      <DataTable caption="What is recommended, best first" columns={columnsOf(products, onAsk, onAdd)} rows={products} rowKey={({ id }) => id} maxHeight="max-h-[40rem]" />
    </>
  );
}

type Columns = [Column<Recommended>, ...Column<Recommended>[]];

function columnsOf(products: readonly Recommended[], onAsk: AnswerListProps['onAsk'], onAdd: AnswerListProps['onAdd']): Columns {
  const columns: Columns = [
    { key: 'product', head: 'Product', className: 'min-w-44', cell: (product) => <ProductLink product={product} /> },
    { key: 'reason', head: 'Why', className: 'min-w-52 whitespace-normal!', cell: ({ reason }) => <Why reason={reason} /> },
  ];
  if (products.some(({ sold }) => sold !== null)) {
    columns.push(
      { key: 'units', head: 'Units sold', align: 'right', cell: ({ sold }) => (sold ? count(sold.units) : '–') },
      { key: 'orders', head: 'Orders', align: 'right', cell: ({ sold }) => (sold ? count(sold.orders) : '–') },
    );
  } else {
    const best = Math.max(0, ...products.map(({ score }) => score ?? 0));
    columns.push({ key: 'score', head: 'Score', align: 'right', cell: ({ score }) => <Score score={score ?? 0} best={best} /> });
  }
  columns.push({ key: 'next', head: onAdd ? 'Add' : 'Go on', align: 'right', cell: (product) => <Step product={product} onAsk={onAsk} onAdd={onAdd} /> });
  return columns;
}

function ProductLink({ product: { id, name } }: { product: Recommended }) {
  const search = useSearch();
  return <Link href={addressOf('/products', search, { product: id })} title={name} className="line-clamp-2 hover:underline">{name}</Link>;
}

function Why({ reason }: { reason: Recommended['reason'] }) {
  return (
    <span title={reason.text} className="line-clamp-2 leading-snug">
      <span className="sr-only">{reasonKinds[reason.kind]}: </span>
      <span className="text-ink-2">{reason.text}</span>
    </span>
  );
}

/** Against the best of the answer; scores of two answers can't be compared. */
function Score({ score, best }: { score: number; best: number }) {
  if (score === 0) return <span className="text-xs text-ink-3" title="Too few products fit: it fills up the answer and has no score.">fills up</span>;
  return (
    <span className="inline-flex items-center gap-2">
      <span aria-hidden="true" className="hidden h-1.5 w-16 overflow-hidden rounded-full bg-fill sm:block">
        <span className="block h-full rounded-full bg-linear-to-r from-(--plot-net) to-(--plot-gross)" style={{ width: `${best > 0 ? Math.max(0, score / best) * 100 : 0}%` }} />
      </span>
      {decimal(score)}
    </span>
  );
}

function Step({ product: { id, name }, onAsk, onAdd }: { product: Recommended } & Pick<AnswerListProps, 'onAsk' | 'onAdd'>) {
  const label = onAdd ? `Put ${name} into the basket` : `What goes with ${name}`;
  return (
    <button type="button" className="button button-icon min-h-8! w-8!" aria-label={label} title={label} onClick={() => (onAdd ?? onAsk)(id)}>
      <Icon name={onAdd ? 'plus' : 'arrowRight'} />
    </button>
  );
}

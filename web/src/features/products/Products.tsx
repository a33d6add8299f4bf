import type { ProductReport } from '../../api/types';
import { Card, CardBody } from '../../components/Card';
import { Choice } from '../../components/Choice';
import { CsvButton } from '../../components/CsvButton';
import { Notice } from '../../components/Notice';
import { PeriodPage } from '../../components/PeriodPage';
import { ProductPicker } from '../../components/Pickers';
import { changeSearch, useSearchChoice, useSearchParam } from '../../lib/address';
import { isUuid } from '../../lib/ids';
import { useLive } from '../../live/LiveProvider';
import { afterDays, periodQuery, useDays } from '../../live/useDays';
import { useLiveRead } from '../../live/useLiveRead';
import { ProductPanel } from './ProductPanel';
import { ReportTable } from './ReportTable';

const sorts = ['top', 'falling'] as const;
const path = '/analytics/reports/products';
const rows = '50';

/** What sells, what no longer does, and one product at a time. */
export default function Products() {
  const days = useDays();
  const { paused } = useLive();
  const [sort, setSort] = useSearchChoice('sort', sorts);
  const [named] = useSearchParam('product');
  const chosen = named !== null && isUuid(named) ? named : null;
  const asked = days.bounds && { ...days.bounds, ...(days.compare ? { compare: days.compare } : {}), sort, limit: rows };
  const report = useLiveRead<ProductReport>(path, asked);

  return (
    <PeriodPage
      title="Products"
      query={periodQuery(days)}
      paused={paused}
      outdated={days.outdated || report.isPlaceholderData}
      actions={<Search />}
    >
      {report.data?.stock_available === false && (
        <Notice icon="warning">The catalogue does not answer: what is in stock can’t be shown right now.</Notice>
      )}
      {chosen !== null && (
        <ProductPanel key={chosen} id={chosen} days={days} report={report.data} />
      )}
      <Card
        title={sort === 'top' ? 'Top products' : 'Falling products'}
        icon={sort === 'top' ? 'ranking' : 'down'}
        actions={
          <div className="flex flex-wrap items-center gap-2">
            <Choice label="Which products" choices={[['top', 'Top'], ['falling', 'Falling']]} value={sort} onChange={setSort} />
            {asked && <CsvButton request={{ path, params: asked }} fileName={`${sort} products ${asked.from} to ${asked.to}`} />}
          </div>
        }
      >
        <CardBody query={afterDays(days, report)} skeleton={<Skeleton />}>
          {(data) => <ReportTable key={data.sort} report={data} compared={days.compare !== undefined} chosen={chosen} />}
        </CardBody>
      </Card>
    </PeriodPage>
  );
}

function Search() {
  return (
    <div className="w-full sm:w-64">
      <ProductPicker label="Find a product" placeholder="Find a product…" onChoose={({ id }) => changeSearch({ product: id })} />
    </div>
  );
}

function Skeleton() {
  return (
    <div className="space-y-3">
      {[0, 1, 2, 3, 4, 5, 6, 7].map((row) => <div key={row} className="skeleton h-8 w-full" />)}
    </div>
  );
}

import { Page } from '../../components/Page';
import { ExperimentsCard } from './ExperimentsCard';
import { ModelCard } from './ModelCard';
import { QualityCards } from './QualityCard';
import { TryCard } from './TryCard';

/** What is recommended and why, how good it is, and experiments that find out what is better. */
export default function Recommendations() {
  return (
    <Page title="Recommendations" lead={<p className="mt-1 text-[0.8125rem] text-ink-2">Learnt from every order as it comes.</p>}>
      <div className="space-y-4">
        <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,2.1fr)_minmax(0,1fr)]">
          <TryCard />
          <ModelCard />
        </div>
        <QualityCards />
        <ExperimentsCard />
      </div>
    </Page>
  );
}

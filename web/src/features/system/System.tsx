import { Page } from '../../components/Page';
import { AlertEventsCard } from './AlertEventsCard';
import { AlertsCard } from './AlertsCard';
import { DeadLettersCard } from './DeadLettersCard';
import { HealthCard } from './HealthCard';
import { LagCard } from './LagCard';
import { ReconciliationCard } from './ReconciliationCard';

/** Whether everything is well: services, the log's followers, the books against the figures, and what is watched. */
export default function System() {
  return (
    <Page title="System" lead={<p className="mt-1 text-[0.8125rem] text-ink-2">Whether everything is well, and what to do where it is not.</p>}>
      <ReconciliationCard />
      <div className="mt-4 grid gap-4 xl:grid-cols-2">
        <HealthCard />
        <LagCard />
      </div>
      <div className="mt-4 grid gap-4 xl:grid-cols-2">
        <AlertsCard />
        <AlertEventsCard />
      </div>
      <div className="mt-4">
        <DeadLettersCard />
      </div>
    </Page>
  );
}

import { Page } from '../../components/Page';
import { TryCard } from './TryCard';

/** What is recommended and why, how good it is, and experiments that find out what is better. */
export default function Recommendations() {
  return (
    <Page title="Recommendations" lead={<p className="mt-1 text-[0.8125rem] text-ink-2">Learnt from every order as it comes.</p>}>
      <TryCard />
    </Page>
  );
}

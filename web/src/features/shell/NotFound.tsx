import { CardEmpty } from '../../components/Card';
import { Page } from '../../components/Page';

export function NotFound({ onLeave }: { onLeave: () => void }) {
  return (
    <Page title="Nothing here">
      <CardEmpty title="There is no page at this address, or your account may not see it">
        <button type="button" className="button mt-2" onClick={onLeave}>Go to the overview</button>
      </CardEmpty>
    </Page>
  );
}

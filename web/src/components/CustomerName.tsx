import { nameOf } from '../api/accounts';
import type { Account } from '../api/types';
import { shortId } from '../lib/format';

interface CustomerNameProps {
  id: string;
  account: Account | undefined;
}

/** Who it is, as far as the reader may know: else the end of the id. */
export function CustomerName({ id, account }: CustomerNameProps) {
  if (!account) return <span title={id} className="font-mono text-xs">{shortId(id)}</span>;
  return <span title={`${account.email}, ${id}`}>{nameOf(account)}</span>;
}

import { money, moneyParts } from '../lib/format';

/** A large amount of money: the cents are there, and stay in the background. Read out as one figure. */
export function Money({ amount, currency }: { amount: number; currency: string }) {
  const { whole, fraction } = moneyParts(amount, currency);
  return (
    <>
      <span className="sr-only">{money(amount, currency)}</span>
      <span aria-hidden="true">
        {whole}
        <span className="text-[0.62em] font-medium text-ink-3">{fraction}</span>
      </span>
    </>
  );
}

import type { ReactNode } from 'react';

interface TipLine {
  name: string;
  value: string;
  colour: string;
}

interface PlotTipProps {
  title: ReactNode;
  lines: readonly TipLine[];
}

/** What a plot says about the place under the pointer. */
export function PlotTip({ title, lines }: PlotTipProps) {
  return (
    <div className="float px-3 py-2.5 text-xs">
      <p className="mb-1.5 font-medium">{title}</p>
      <dl className="figure grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
        {lines.map(({ name, value, colour }) => (
          <div key={name} className="contents">
            <dt className="flex items-center gap-2 text-ink-2">
              <span className="size-2 rounded-full" style={{ background: colour }} />
              {name}
            </dt>
            <dd className="text-right font-medium">{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

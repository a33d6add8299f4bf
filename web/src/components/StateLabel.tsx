import { Icon, type IconName } from './Icon';

export type State = 'good' | 'warn' | 'bad' | 'plain';

const looks: Record<State, { icon: IconName; classes: string }> = {
  good: { icon: 'confirmed', classes: 'bg-good-soft text-good' },
  warn: { icon: 'warning', classes: 'bg-warn-soft text-warn' },
  bad: { icon: 'cancelled', classes: 'bg-bad-soft text-bad' },
  plain: { icon: 'info', classes: 'bg-fill text-ink-2' },
};

/** How something is, by sign and word; colour only helps. */
export function StateLabel({ state, children }: { state: State; children: string }) {
  const { icon, classes } = looks[state];
  return (
    <span className={`inline-flex items-center gap-1.5 rounded-md px-1.5 py-0.5 text-xs font-semibold whitespace-nowrap ${classes}`}>
      <Icon name={icon} className="size-3.5" />
      {children}
    </span>
  );
}

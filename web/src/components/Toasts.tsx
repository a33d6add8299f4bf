import { useEffect } from 'react';
import { closeAllToasts, closeToast, useToasts, type Toast } from '../lib/toasts';
import { Icon, type IconName } from './Icon';

const signs: Record<Toast['tone'], { icon: IconName; colour: string }> = {
  good: { icon: 'confirmed', colour: 'text-good' },
  bad: { icon: 'warning', colour: 'text-bad' },
  plain: { icon: 'info', colour: 'text-accent' },
};

/**
 * What actions have led to. The region is always there, so that it is read out when something comes into it: what is new,
 * not all that stands there once more.
 */
export function Toasts() {
  const toasts = useToasts();
  useEffect(() => closeAllToasts, []);
  return (
    <div role="status" aria-live="polite" aria-atomic="false" className="pointer-events-none fixed inset-x-4 bottom-18 z-40 flex flex-col items-end gap-2 lg:bottom-4">
      {toasts.map(({ id, tone, text }) => (
        <div key={id} className="float pointer-events-auto flex max-w-md items-start gap-3 px-4 py-3 text-[0.8125rem]">
          <Icon name={signs[tone].icon} className={`mt-0.5 size-4 ${signs[tone].colour}`} />
          <p className="min-w-0 leading-relaxed wrap-anywhere">{text}</p>
          <button type="button" aria-label="Close" className="-mr-1 rounded p-0.5 text-ink-3 hover:text-ink" onClick={() => closeToast(id)}>
            <Icon name="close" className="size-4" />
          </button>
        </div>
      ))}
    </div>
  );
}

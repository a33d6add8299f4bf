import type { ReactNode } from 'react';
import { Icon, type IconName } from './Icon';

interface NoticeProps {
  icon?: IconName;
  children: ReactNode;
}

/** Something about the whole view that its reader should know before the figures. */
export function Notice({ icon = 'info', children }: NoticeProps) {
  return (
    <p role="status" className="card mb-4 flex items-start gap-3 px-4 py-3 text-[0.8125rem] leading-relaxed text-ink-2">
      <Icon name={icon} className="mt-0.5 size-4 text-warn" />
      <span>{children}</span>
    </p>
  );
}

interface ProgressProps {
  label: string;
  /** 0 to 1; null when it can't be told how far it is. */
  share: number | null;
}

/** How far something is that takes a while. */
export function Progress({ label, share }: ProgressProps) {
  const known = share === null ? null : Math.min(1, Math.max(0, share));
  return (
    <div>
      <p className="mb-1.5 text-[0.8125rem] font-medium">{label}…</p>
      <div
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        {...(known === null ? {} : { 'aria-valuenow': Math.round(known * 100) })}
        className="h-2 overflow-hidden rounded-full bg-fill-strong"
      >
        <div
          className={`h-full rounded-full bg-accent transition-[width] ${known === null ? 'breathing w-full' : ''}`}
          style={known === null ? undefined : { width: `${known * 100}%` }}
        />
      </div>
    </div>
  );
}

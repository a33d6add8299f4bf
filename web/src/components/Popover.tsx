import { useEffect, useId, useRef, useState, type ReactNode } from 'react';

interface PopoverProps {
  /** Names the panel. */
  label: string;
  button: (props: { 'aria-expanded': boolean; 'aria-controls': string; onClick: () => void }) => ReactNode;
  /** Where the panel hangs on screens that have room; on narrow ones it takes the width. */
  className?: string;
  /** Opens above the button, for buttons at the lower edge. */
  above?: boolean;
  children: (close: () => void) => ReactNode;
}

/** A panel at its button; closed by Escape, by a press elsewhere and by focus that leaves it. */
export function Popover({ label, button, className = '', above = false, children }: PopoverProps) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const id = useId();

  useEffect(() => {
    if (!open) return;
    const outside = (event: Event) => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) setOpen(false);
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      setOpen(false);
      root.current?.querySelector<HTMLElement>('[aria-expanded]')?.focus();
    };
    document.addEventListener('pointerdown', outside);
    document.addEventListener('focusin', outside);
    document.addEventListener('keydown', onKey);
    return () => {
      document.removeEventListener('pointerdown', outside);
      document.removeEventListener('focusin', outside);
      document.removeEventListener('keydown', onKey);
    };
  }, [open]);

  const close = () => {
    setOpen(false);
    root.current?.querySelector<HTMLElement>('[aria-expanded]')?.focus();
  };

  return (
    <div ref={root} className="relative">
      {button({ 'aria-expanded': open, 'aria-controls': id, onClick: () => setOpen(!open) })}
      {/* Focusable, so that a press on a text in it doesn't send the focus to what is around, which closes it. */}
      <div id={id} role="group" tabIndex={-1} aria-label={label} hidden={!open} className={`float absolute z-30 p-4 outline-none ${above ? 'bottom-full mb-2' : 'top-full mt-2'} ${className}`}>
        {open && children(close)}
      </div>
    </div>
  );
}

import { useEffect, useId, useRef, type ReactNode } from 'react';
import { Icon } from './Icon';

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
  /** How wide it may get. */
  width?: string;
}

/** A modal dialog; closed by Escape and by its button. The browser keeps the focus in it and gives it back. */
export function Dialog({ title, onClose, children, width = '26rem' }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      onClose={onClose}
      className="float max-h-[calc(100dvh-2rem)] overflow-y-auto p-5 backdrop:bg-black/50"
      style={{ width: `min(${width}, calc(100vw - 2rem))` }}
    >
      <div className="mb-4 flex items-center justify-between gap-4">
        <h2 id={id} className="text-base font-semibold">{title}</h2>
        <button type="button" className="button button-icon" aria-label="Close" onClick={() => dialog.current?.close()}>
          <Icon name="close" />
        </button>
      </div>
      {children}
    </dialog>
  );
}

interface ConfirmProps {
  title: string;
  /** What will happen, and whether it can be undone. */
  children: ReactNode;
  /** On the button that does it. */
  action: string;
  /** On the button that does not. */
  refuse?: string;
  onConfirm: () => void;
  onClose: () => void;
}

/** By the dialog itself and not by leaving it away, so that the focus goes back to where it was. */
const closeAround = (element: Element) => element.closest('dialog')?.close();

/** Asks before something that can't be taken back. */
export function ConfirmDialog({ title, children, action, refuse = 'Keep it', onConfirm, onClose }: ConfirmProps) {
  return (
    <Dialog title={title} onClose={onClose}>
      <div className="text-sm leading-relaxed text-ink-2">{children}</div>
      <div className="mt-5 flex flex-wrap justify-end gap-2">
        <button type="button" className="button" onClick={(event) => closeAround(event.currentTarget)}>{refuse}</button>
        <button
          type="button"
          className="button button-danger"
          onClick={(event) => {
            closeAround(event.currentTarget);
            onConfirm();
          }}
        >
          {action}
        </button>
      </div>
    </Dialog>
  );
}

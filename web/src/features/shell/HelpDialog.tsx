import { Dialog } from '../../components/Dialog';
import { setShortcutsEnabled, useShortcutsEnabled } from '../../lib/useShortcuts';

const shortcuts = [
  ['D', 'Today'],
  ['W', 'Last 7 days'],
  ['M', 'Last 30 days'],
  ['X', 'Compare with the previous period, or not'],
  ['R', 'Refresh'],
  ['/', 'Search and go anywhere; also Ctrl K or ⌘ K'],
  ['?', 'This help'],
] as const;

export function HelpDialog({ onClose }: { onClose: () => void }) {
  const enabled = useShortcutsEnabled();
  return (
    <Dialog title="Keyboard" onClose={onClose}>
      <dl className="grid grid-cols-[auto_1fr] items-center gap-x-4 gap-y-2.5 text-sm">
        {shortcuts.map(([pressed, does]) => (
          <div key={pressed} className="contents">
            <dt>
              <kbd className="grid min-w-8 place-items-center rounded-md border border-line bg-fill px-2 py-1 font-mono text-xs">
                {pressed}
              </kbd>
            </dt>
            <dd className="text-ink-2">{does}</dd>
          </div>
        ))}
      </dl>
      <label className="mt-5 flex items-center gap-3 border-t border-line pt-4 text-sm">
        <input
          type="checkbox"
          className="size-4 accent-(--accent)"
          checked={enabled}
          onChange={(event) => setShortcutsEnabled(event.target.checked)}
        />
        Single letters do something
      </label>
      <p className="mt-1.5 pl-7 text-xs text-ink-3">Switch this off if you speak to your computer. ? opens this help either way.</p>
    </Dialog>
  );
}

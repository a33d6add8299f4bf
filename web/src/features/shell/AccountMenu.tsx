import { Icon } from '../../components/Icon';
import { PersonActions } from '../../components/PersonActions';
import { Popover } from '../../components/Popover';
import { ThemeSwitch } from '../../components/ThemeSwitch';
import { useLive } from '../../live/LiveProvider';
import { session } from '../../session/session';
import { useAccount } from '../../session/useAccount';

export function AccountMenu({ onRefresh, onPassword }: { onRefresh: () => void; onPassword: () => void }) {
  const user = useAccount();
  const { paused, setPaused } = useLive();
  const name = `${user.first_name} ${user.last_name}`.trim();
  return (
    <Popover
      label="Account"
      className="right-0 w-64"
      button={(props) => (
        <button type="button" {...props} aria-label="Account" className="button button-icon">
          <Icon name="user" />
        </button>
      )}
    >
      {(close) => (
        <div className="space-y-4">
          <div className="text-sm">
            <p className="font-medium">{name}</p>
            <p className="truncate text-xs text-ink-2" title={user.email}>{user.email}</p>
            <p className="mt-1 text-xs text-ink-3 capitalize">{user.role}</p>
          </div>
          <div className="grid grid-cols-2 gap-2 sm:hidden">
            <button type="button" className="button" onClick={() => setPaused(!paused)}>
              <Icon name={paused ? 'play' : 'pause'} />
              {paused ? 'Go on' : 'Pause'}
            </button>
            <button
              type="button"
              className="button"
              onClick={() => {
                onRefresh();
                close();
              }}
            >
              <Icon name="refresh" />
              Refresh
            </button>
          </div>
          <ThemeSwitch />
          <PersonActions id={user.id} name={name} own={user.role} />
          <a className="block text-xs text-accent hover:underline" href="/docs">API reference</a>
          <button
            type="button"
            className="button w-full"
            onClick={() => {
              close();
              onPassword();
            }}
          >
            Change password
          </button>
          <button type="button" className="button w-full" onClick={() => void session.signOut()}>Sign out</button>
        </div>
      )}
    </Popover>
  );
}

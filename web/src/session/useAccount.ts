import { useSyncExternalStore } from 'react';
import type { User } from '../api/types';
import { session } from './session';

/** Who is signed in; for views, which are drawn for someone only. */
export function useAccount(): User {
  const current = useSyncExternalStore(session.subscribe, session.get);
  if (!current) throw new Error('useAccount needs someone who is signed in.');
  return current.user;
}

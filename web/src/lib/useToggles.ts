import { useCallback, useState } from 'react';

/** A set of things that can be taken in and out one by one. */
export function useToggles<T>(): [readonly T[], (item: T) => void] {
  const [chosen, setChosen] = useState<readonly T[]>([]);
  const toggle = useCallback(
    (item: T) => setChosen((before) => (before.includes(item) ? before.filter((other) => other !== item) : [...before, item])),
    [],
  );
  return [chosen, toggle];
}

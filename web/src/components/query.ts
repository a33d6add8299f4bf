/** What a card needs to know of the query that feeds it. */
export interface CardQuery<T> {
  data: T | undefined;
  error: unknown;
  isFetching: boolean;
  refetch: () => unknown;
}

/** The same query with its data seen through `pick`. */
export function pickFrom<T, U>(query: CardQuery<T>, pick: (data: T) => U): CardQuery<U> {
  return {
    data: query.data === undefined ? undefined : pick(query.data),
    error: query.error,
    isFetching: query.isFetching,
    refetch: query.refetch,
  };
}

/** Two queries of which a card needs both answers; what is asked again is what has none. */
export function both<T, U>(first: CardQuery<T>, second: CardQuery<U>): CardQuery<readonly [T, U]> {
  const missing = [first, second].filter(({ data }) => data === undefined);
  return {
    data: first.data === undefined || second.data === undefined ? undefined : [first.data, second.data],
    error: missing.find(({ error }) => error !== null)?.error ?? null,
    isFetching: missing.some(({ isFetching }) => isFetching),
    refetch: () => missing.forEach(({ refetch }) => refetch()),
  };
}

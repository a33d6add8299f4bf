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

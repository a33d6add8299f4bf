/** Calls at once, then at most once per `ms` with the latest value, which is never lost. */
export function throttleLatest<T>(ms: number, call: (value: T) => void): { push: (value: T) => void; cancel: () => void } {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let waiting: { value: T } | null = null;
  const open = () => {
    timer = null;
    if (!waiting) return;
    const { value } = waiting;
    waiting = null;
    timer = setTimeout(open, ms);
    call(value);
  };
  return {
    push(value) {
      if (timer !== null) {
        waiting = { value };
        return;
      }
      timer = setTimeout(open, ms);
      call(value);
    },
    cancel() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      waiting = null;
    },
  };
}

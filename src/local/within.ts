/**
 * What is asked for, or `undefined` once the time is up: it is told to stop, and not waited for. The signal alone is no limit: on Node
 * 20.20 the body of a `fetch` that was aborted while it arrived was seen to neither come nor fail.
 */
export async function within<T>(ms: number, ask: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
  const late = new AbortController();
  // Not AbortSignal.timeout: nothing keeps that alive.
  let timer: NodeJS.Timeout | undefined;
  const up = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => {
      late.abort();
      resolve(undefined);
    }, ms);
  });
  try {
    return await Promise.race([ask(late.signal), up]);
  } finally {
    clearTimeout(timer);
  }
}

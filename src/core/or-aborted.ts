/** Resolves with the answer, unless the caller goes first; the request itself goes on. */
export async function orAborted<T>(request: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return request;
  request.catch(() => undefined); // where the caller goes first
  let leave: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    leave = () => reject(signal.reason);
    if (signal.aborted) return leave();
    signal.addEventListener('abort', leave, { once: true });
  });
  try {
    return await Promise.race([request, aborted]);
  } finally {
    if (leave) signal.removeEventListener('abort', leave);
  }
}

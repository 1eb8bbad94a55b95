import type { Backend, CallOptions, RunRef, RunStatus } from '../core/index.js';

/** Up to so many runs are asked one by one; more are looked for in the backend's list, 100 a page. */
const SINGLES = 3;

interface Waiting {
  readonly ref: RunRef;
  readonly options: CallOptions | undefined;
  readonly resolve: (status: RunStatus | undefined | PromiseLike<RunStatus | undefined>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Answers the status reads that are due at one time with one walk through the backend's list, so that a
 * thousand runs cost pages and not requests. A run that is not on any page is asked for by itself before it
 * counts as gone.
 */
export function shareReads(backend: Backend): Pick<Backend, 'status'> {
  let waiting: Waiting[] = [];

  const single = ({ ref, options, resolve, reject }: Waiting): void => {
    backend.status(ref, options).then(resolve, reject);
  };

  async function answer(due: readonly Waiting[]): Promise<void> {
    const byName = new Map<string, RunStatus>();
    try {
      for await (const status of backend.list()) if (status.name !== undefined) byName.set(status.name, status);
    } catch (error) {
      for (const one of due) one.reject(error);
      return;
    }
    for (const one of due) {
      const status = byName.get(one.ref.name);
      if (status && matches(one.ref, status)) one.resolve(status);
      else single(one);
    }
  }

  return {
    status(ref, options) {
      const { signal } = options ?? {};
      signal?.throwIfAborted();
      return new Promise((resolve, reject) => {
        const abort = () => reject(signal?.reason);
        signal?.addEventListener('abort', abort, { once: true });
        const done = () => signal?.removeEventListener('abort', abort);
        waiting.push({
          ref,
          options,
          resolve: (status) => (done(), resolve(status)),
          reject: (error) => (done(), reject(error)),
        });
        if (waiting.length > 1) return;
        // Reads that fall due on the same tick of the clock arrive within this turn of the event loop.
        setImmediate(() => {
          const due = waiting;
          waiting = [];
          if (due.length > SINGLES) void answer(due);
          else for (const one of due) single(one);
        });
      });
    },
  };
}

/** The id under this name must be the one we know; where we know none, a known application must be shown. */
const matches = (ref: RunRef, status: RunStatus): boolean =>
  (ref.id === undefined || status.id === ref.id) &&
  (ref.appId === undefined ||
    status.appId === ref.appId ||
    (status.appId === undefined && ref.id !== undefined && ref.name !== ''));

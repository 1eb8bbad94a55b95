import type { ProgressReader, ProgressSource, WaitingSource } from '../core/index.js';
import type { SparkProgressOptions, YarnWaitingOptions } from '../hadoop/index.js';
import { lazily } from './behind.js';
import { EarlyEvents } from './early-events.js';

/** What Spark's drivers count, loaded when a run is followed or has ended. */
export function lazyProgress(options: SparkProgressOptions): ProgressSource {
  const source = lazily(({ SparkProgress }) => new SparkProgress(options));
  return {
    open: (ref) => {
      let reader: ProgressReader | undefined;
      const early = new EarlyEvents();
      const opening = source().then((loaded) => {
        reader = loaded.open(ref);
        for (const event of early.drain()) reader.hear(event);
        return reader;
      });
      opening.catch(() => undefined); // told by the first read
      return {
        hear: (event) => (reader ? reader.hear(event) : early.add(event)),
        read: async (...args) => (await opening).read(...args),
      };
    },
    final: async (...args) => (await source()).final(...args),
  };
}

/** Why a run waits, loaded when one does. */
export function lazyWaiting(options: YarnWaitingOptions): WaitingSource {
  const waiting = lazily(({ YarnWaiting }) => new YarnWaiting(options));
  return { explain: async (...args) => (await waiting()).explain(...args) };
}

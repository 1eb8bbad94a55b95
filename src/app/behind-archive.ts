import {
  type Backend,
  type Clock,
  type DriverLogSource,
  type LogArchive,
  type LogSource,
  once,
} from '../core/index.js';
import type { LazyAws } from './aws.js';
import { lazily, lazyLog } from './behind.js';

/** The folders that EMR copies logs to; AWS's room is loaded by the first look. */
export function lazyArchive(aws: LazyAws, folders: readonly string[]): LogArchive {
  const archive = once(async () => {
    const { room, clients } = await aws();
    return room.s3Logs({ folders, clients });
  });
  return {
    look: async (...args) => (await archive()).look(...args),
    drivers: async (...args) => (await archive()).drivers(...args),
    appOf: async (...args) => (await archive()).appOf(...args),
  };
}

/** A log from there alone, of runs whose end the backend may know. */
export const lazyArchivedLog = (
  archive: LogArchive,
  { backend, clock, of }: { readonly backend: Backend; readonly clock: Clock; readonly of: 'driver' | 'step' },
): DriverLogSource =>
  lazyLog(
    lazily(({ ArchivedLog, ArchiveWait }) => {
      const endedAt = backend.endedAt?.bind(backend);
      return new ArchivedLog({ wait: new ArchiveWait(archive, clock), clock, of, ...(endedAt && { endedAt }) });
    }),
  );

const none = async function* () {};

/** A backend that keeps no log of its own. */
export const noLog: LogSource = { open: () => ({ read: none, finish: none }) };

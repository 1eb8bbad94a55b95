import { type LogArchive, once } from '../../core/index.js';
import type { livyServerLogs as read } from './livy-server-logs.js';
import type { S3LogsOptions } from './s3-logs.js';

export type { ServerLogFile } from './livy-server-logs.js';

/**
 * The logs that EMR copies to S3, for `livywire logs` and the diagnosis when no server of the cluster has them any more. The SDK
 * is loaded by the first look.
 */
export function s3Logs(options: S3LogsOptions): LogArchive {
  const logs = once(async () => {
    const { S3Logs } = await import('./s3-logs.js');
    return new S3Logs(options);
  });
  return {
    look: async (...args) => (await logs()).look(...args),
    drivers: async (...args) => (await logs()).drivers(...args),
    appOf: async (...args) => (await logs()).appOf(...args),
  };
}

/** What Livy's server wrote, as EMR copied it. The SDK is loaded with it. @throws ConfigError, UnreachableError */
export const livyServerLogs = async (...asked: Parameters<typeof read>): ReturnType<typeof read> =>
  (await import('./livy-server-logs.js')).livyServerLogs(...asked);

import type { LogArchive } from '../../core/index.js';
import type { S3LogsOptions } from './s3-logs.js';

/**
 * The logs that EMR copies to S3, for `livywire logs` and the diagnosis when no server of the cluster has them any more. The SDK
 * is loaded by the first look.
 */
export function s3Logs(options: S3LogsOptions): LogArchive {
  let loading: Promise<LogArchive> | undefined;
  const logs = () => (loading ??= import('./s3-logs.js').then(({ S3Logs }) => new S3Logs(options)));
  return {
    look: async (...args) => (await logs()).look(...args),
    drivers: async (...args) => (await logs()).drivers(...args),
    appOf: async (...args) => (await logs()).appOf(...args),
  };
}

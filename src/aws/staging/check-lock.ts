import type { S3Client } from '@aws-sdk/client-s3';
import { ConfigError } from '../../core/index.js';
import { type JobLock, placesOf } from './lock-file.js';
import { lookAtAll } from './upload-all.js';

/** @throws ConfigError unless every object of the lock is there with the bytes that were written down */
export async function checkLockedObjects(client: S3Client, lock: JobLock, signal?: AbortSignal): Promise<void> {
  const places = placesOf(lock);
  const seen = await lookAtAll(client, places, signal);
  const missing = places.filter((_, index) => seen[index] !== 'there');
  const [first] = missing;
  if (!first) return;
  const forbidden = seen.includes('unknown')
    ? '; or these credentials may not look at them, which takes s3:GetObject (and s3:ListBucket to tell that one is absent)'
    : '';
  throw new ConfigError(
    `The lock names what is not there any more: ${missing.map(({ uri }) => uri).join(', ')}${forbidden}. Stage the same files again`,
    { field: '--locked' },
  );
}

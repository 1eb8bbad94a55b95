import type { S3Client } from '@aws-sdk/client-s3';
import pLimit from 'p-limit';
import type { PlannedUpload } from './plan-staging.js';
import { type Presence, StagingStore } from './staging-store.js';

/** How far an upload is. What stands there already counts as done. */
export interface StagingProgress {
  readonly files: number;
  readonly filesDone: number;
  /** Files that were not there, and are or were being sent. */
  readonly filesSent: number;
  readonly bytes: number;
  readonly bytesDone: number;
}

export interface UploadOptions {
  readonly onProgress?: (progress: StagingProgress) => void;
  /** Ends the upload; parts that were sent are taken back. */
  readonly signal?: AbortSignal;
}

/** Requests at once. Each holds one part in memory. */
const REQUESTS = 4;
const FILES = 4;

/** What of it is there already, in the order given. Only reads. */
export async function lookAtAll(
  client: S3Client,
  objects: readonly Parameters<StagingStore['look']>[0][],
  signal?: AbortSignal,
): Promise<readonly Presence[]> {
  const store = new StagingStore(client);
  const limit = pLimit(REQUESTS);
  const seen = await Promise.all(objects.map((object) => limit(() => store.look(object, signal))));
  // A bucket that is not there looks like an object that is not, until one is asked for with words.
  const absent = objects[seen.indexOf('absent')];
  if (absent) await store.askWithWords(absent, signal);
  return seen;
}

/** Puts everything there that is not, several at once. At the first that fails the others are given up. */
export async function uploadAll(
  client: S3Client,
  uploads: readonly PlannedUpload[],
  { onProgress, signal }: UploadOptions = {},
): Promise<readonly ('uploaded' | 'there')[]> {
  const store = new StagingStore(client);
  const [limit, fileLimit] = [pLimit(REQUESTS), pLimit(FILES)];
  const failed = new AbortController();
  const either = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
  const bytes = uploads.reduce((sum, { content }) => sum + content.bytes, 0);
  let [bytesDone, filesDone, filesSent] = [0, 0, 0];
  const say = (): void => onProgress?.({ files: uploads.length, filesDone, filesSent, bytes, bytesDone });
  say();
  const one = async (upload: PlannedUpload): Promise<'uploaded' | 'there'> => {
    either.throwIfAborted();
    let own = 0;
    const sent = (more: number): void => {
      own += more;
      bytesDone += more;
      say();
    };
    const begins = (): void => {
      filesSent += 1;
      say();
    };
    const how = await store.put(upload, { limit, begins, sent, signal: either });
    filesDone += 1;
    sent(upload.content.bytes - own);
    return how;
  };
  const all = uploads.map((upload) =>
    fileLimit(() => one(upload)).catch((error: unknown) => {
      failed.abort(error);
      throw error;
    }),
  );
  // Each takes back what it has begun, and that is waited for.
  await Promise.allSettled(all);
  signal?.throwIfAborted();
  if (failed.signal.aborted) throw failed.signal.reason;
  return Promise.all(all);
}

import {
  AbortMultipartUploadCommand,
  type AbortMultipartUploadCommandInput,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { systemClock } from '../../core/index.js';
import { readPart } from './content.js';
import type { PlannedUpload } from './plan-staging.js';

/** Runs `work` once there is room for one more request. */
export type Limit = <T>(work: () => Promise<T>) => Promise<T>;

/** Long enough for one answer; the process that was told to end waits for it. */
const ABORT_MS = 4_000;
const AGAIN_MS = 400;

/**
 * Parts, each with its checksum, and a completion that makes nothing where something is. `@aws-sdk/lib-storage` could
 * send them, but on an abort it comes back while its parts are still under way and takes the upload back after that,
 * and it knows no checksums but those of what it just read.
 * Whatever goes wrong, what was sent is taken back, as far as S3 answers within 4 seconds.
 */
export async function putInParts(
  client: S3Client,
  { bucket, key, content, source }: PlannedUpload,
  {
    limit,
    sent,
    signal,
  }: { readonly limit: Limit; readonly sent: (bytes: number) => void; readonly signal: AbortSignal },
): Promise<void> {
  const place = { Bucket: bucket, Key: key };
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({ ...place, ChecksumAlgorithm: 'SHA256' }),
    // Once it is asked for it has to be known, so that it can be taken back.
  );
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const sendPart = async (index: number): Promise<CompletedPart> => {
    either.throwIfAborted();
    const part = content.parts[index];
    if (!part) throw new RangeError(`There is no part ${index}`);
    const PartNumber = index + 1;
    const Body = await readPart(source, part);
    const { ETag } = await client.send(
      new UploadPartCommand({ ...place, UploadId, PartNumber, Body, ChecksumSHA256: part.sha256 }),
      { abortSignal: either },
    );
    sent(part.length);
    return { PartNumber, ETag, ChecksumSHA256: part.sha256 };
  };
  try {
    signal.throwIfAborted();
    const sending = content.parts.map((_, index) =>
      limit(() => sendPart(index)).catch((error: unknown) => {
        failed.abort(error);
        throw error;
      }),
    );
    // All of them, for a part that still arrives after the upload was taken back would stay, and cost.
    await Promise.allSettled(sending);
    const Parts = await Promise.all(sending);
    await client.send(
      new CompleteMultipartUploadCommand({ ...place, UploadId, MultipartUpload: { Parts }, IfNoneMatch: '*' }),
      { abortSignal: signal },
    );
  } catch (error) {
    await takeBack(client, { ...place, UploadId });
    throw failed.signal.aborted ? failed.signal.reason : error;
  }
}

/**
 * A part whose sending we gave up may still arrive after the upload was taken back, and bring it back: S3's own advice is to
 * ask again. Never rejects: what is left, a lifecycle rule of the bucket removes.
 */
async function takeBack(client: S3Client, upload: AbortMultipartUploadCommandInput): Promise<void> {
  const deadline = AbortSignal.timeout(ABORT_MS);
  try {
    for (let tries = 0; tries < 3; tries++) {
      if (tries > 0) await systemClock.sleep(AGAIN_MS, deadline);
      await client.send(new AbortMultipartUploadCommand(upload), { abortSignal: deadline });
    }
  } catch {
    // NoSuchUpload: it is gone. Anything else: there is no more to be done in the time.
  }
}

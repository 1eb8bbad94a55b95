import { createHash } from 'node:crypto';
import {
  GetObjectCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { type Clock, ConfigError, systemClock } from '../../core/index.js';
import { awsErrorName, awsStatusOf, explainAwsError } from '../explain-error.js';
import { archiveWords, isArchived } from '../s3/archived.js';
import { wholeBody } from '../s3/whole-body.js';
import { base64Of, type Content, readPart, wholeOf } from './content.js';
import { type Limit, putInParts } from './multipart.js';
import type { PlannedUpload } from './plan-staging.js';

/** `unknown`: we may not look, so that writing it has to tell. */
export type Presence = 'there' | 'absent' | 'unknown';

export interface Expected {
  readonly uri: string;
  readonly bucket: string;
  readonly key: string;
  readonly content: Pick<Content, 'bytes' | 'sha256' | 'composite'>;
}

export interface Putting {
  readonly limit: Limit;
  /** Told once when it is not there, and is sent. */
  readonly begins: () => void;
  readonly sent: (bytes: number) => void;
  readonly signal: AbortSignal;
}

/** Somebody made it just before us, or another request of ours did and its answer was lost. */
const MADE_ALREADY = new Set(['PreconditionFailed', 'ConditionalRequestConflict', 'NoSuchUpload']);

/** The other write may have come to nothing, and S3 asks for ours again. */
const TRIES = 5;
const PAUSE_MS = 300;

/** Staged objects: each is written once, under the name of its bytes, and never written over. */
export class StagingStore {
  readonly #client: S3Client;
  readonly #clock: Clock;

  constructor(client: S3Client, clock: Clock = systemClock) {
    this.#client = client;
    this.#clock = clock;
  }

  /** @throws ConfigError when other bytes stand under that name */
  async look(expected: Expected, signal?: AbortSignal): Promise<Presence> {
    const { bucket, key } = expected;
    let head: HeadObjectCommandOutput;
    try {
      head = await this.#client.send(
        new HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' }),
        signal && { abortSignal: signal },
      );
    } catch (error) {
      signal?.throwIfAborted();
      const status = awsStatusOf(error);
      if (status === 404) return 'absent';
      if (status === 400 || status === 403) return this.askWithWords(expected, signal);
      throw this.#explained(error, expected, 's3:GetObject', 'cannot be looked at');
    }
    if (isArchived(head)) {
      throw new ConfigError(
        `${expected.uri} is archived (${archiveWords(head)}) and cannot be read by a job; restore it, or stage to a prefix that no lifecycle rule archives`,
        { field: '--stage' },
      );
    }
    if (head.ContentLength !== expected.content.bytes || !(await this.#isSame(head, expected, signal))) {
      throw new ConfigError(
        `${expected.uri} holds other bytes than those its name promises; somebody wrote over it. Find out who, remove it, and stage again`,
        { field: '--stage' },
      );
    }
    return 'there';
  }

  /** Puts it there unless it is. `sent` is told of bytes that arrived. @throws ConfigError, UnreachableError, HttpStatusError */
  async put(upload: PlannedUpload, putting: Putting): Promise<'uploaded' | 'there'> {
    const { limit, begins, signal } = putting;
    if ((await limit(() => this.look(upload, signal))) === 'there') return 'there';
    begins();
    for (let tries = 1; ; tries++) {
      const how = await this.#try(upload, putting, tries >= TRIES);
      if (how !== 'absent') return how;
      await this.#clock.sleep(PAUSE_MS * tries * (0.5 + Math.random()), signal);
    }
  }

  /** `absent`: something stood in the way of our write, and is not there. */
  async #try(
    upload: PlannedUpload,
    { limit, sent, signal }: Omit<Putting, 'begins'>,
    isLast: boolean,
  ): Promise<'uploaded' | 'there' | 'absent'> {
    try {
      if (upload.content.parts.length > 0) await putInParts(this.#client, upload, { limit, sent, signal });
      else await limit(() => this.#putWhole(upload, signal).then(() => sent(upload.content.bytes)));
      return 'uploaded';
    } catch (error) {
      signal.throwIfAborted();
      if (!MADE_ALREADY.has(awsErrorName(error))) {
        throw this.#explained(error, upload, 's3:PutObject', `cannot be written, for ${upload.from}`);
      }
      const now = await this.look(upload, signal);
      if (now === 'there' || (now === 'absent' && !isLast)) return now;
      throw now === 'unknown'
        ? new ConfigError(
            `${upload.uri} is there, and these credentials may not look whether it holds ${upload.from}: they need s3:GetObject (and kms:Decrypt where it is encrypted with a key of KMS)`,
            { field: 'IAM' },
          )
        : this.#explained(error, upload, 's3:PutObject', 'is written and removed by others at the same time');
    }
  }

  /** An answer to HEAD has no words; that to a GET tells an expired token from an object that may not be seen. */
  async askWithWords(expected: Expected, signal?: AbortSignal): Promise<Presence> {
    const { bucket, key } = expected;
    try {
      const { Body } = await this.#client.send(
        new GetObjectCommand({ Bucket: bucket, Key: key, Range: 'bytes=0-0' }),
        signal && { abortSignal: signal },
      );
      (Body as { destroy?: () => void } | undefined)?.destroy?.();
    } catch (error) {
      signal?.throwIfAborted();
      const name = awsErrorName(error);
      if (name === 'NoSuchKey') return 'absent';
      // Without s3:ListBucket an absent object is a forbidden one.
      if (name !== 'AccessDenied') throw this.#explained(error, expected, 's3:GetObject', 'cannot be looked at');
    }
    return 'unknown';
  }

  async #putWhole({ bucket, key, content, source }: PlannedUpload, signal: AbortSignal): Promise<void> {
    const whole = wholeOf(content);
    await this.#client.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: await readPart(source, whole),
        ContentLength: content.bytes,
        ChecksumAlgorithm: 'SHA256',
        ChecksumSHA256: whole.sha256,
        IfNoneMatch: '*',
      }),
      { abortSignal: signal },
    );
  }

  /** By the checksum that S3 keeps, where it is one of these; else (a copy, other parts) by the bytes themselves. */
  async #isSame(
    { ChecksumSHA256: kept }: HeadObjectCommandOutput,
    expected: Expected,
    signal?: AbortSignal,
  ): Promise<boolean> {
    const { sha256, composite } = expected.content;
    // Some servers leave the number of parts out.
    const known = [base64Of(sha256), composite, composite?.replace(/-\d+$/, '')];
    if (kept !== undefined && known.includes(kept)) return true;
    return (await this.#read(expected, signal)) === sha256;
  }

  async #read(expected: Expected, signal?: AbortSignal): Promise<string> {
    const command = new GetObjectCommand({ Bucket: expected.bucket, Key: expected.key });
    try {
      return await wholeBody(
        () => this.#client.send(command, signal && { abortSignal: signal }),
        async ({ Body }) => {
          const hash = createHash('sha256');
          for await (const piece of (Body ?? []) as AsyncIterable<Uint8Array>) hash.update(piece);
          return hash.digest('hex');
        },
        signal,
      );
    } catch (error) {
      signal?.throwIfAborted();
      throw this.#explained(error, expected, 's3:GetObject', 'cannot be read');
    }
  }

  #explained(error: unknown, { uri, bucket, key }: Expected, action: string, what: string) {
    return explainAwsError(error, {
      service: 'S3',
      doing: `${uri} ${what}`,
      action,
      resource: `arn:aws:s3:::${bucket}/${key}`,
      field: '--stage',
    });
  }
}

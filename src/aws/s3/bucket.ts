import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  type ListObjectsV2CommandInput,
  paginateListObjectsV2,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { type CallOptions, HttpStatusError } from '../../core/index.js';
import { awsErrorName, awsStatusOf, explainAwsError } from '../explain-error.js';
import { serverTimeOf } from '../sdk/s3-client.js';
import { archiveWords, isArchived } from './archived.js';
import { wholeBody } from './whole-body.js';

export interface StoredText {
  readonly text: string;
  readonly etag: string;
}

/** What one look at an object tells. */
export interface ObjectFacts {
  readonly etag: string;
  readonly bytes: number;
  /** S3's own clock, milliseconds; whole seconds. */
  readonly modifiedMs: number;
  readonly versionId?: string;
}

export interface ListedObject {
  readonly key: string;
  readonly bytes: number;
  /** S3's own clock, milliseconds; whole seconds. */
  readonly modifiedMs: number;
  /** Of one that nobody can read before it is restored: how it is stored. */
  readonly archived?: string;
}

interface ListOptions extends CallOptions {
  readonly atMost?: number;
  /** Whether archived objects are told from those that were restored. @defaultValue `false` */
  readonly restores?: boolean;
}

type ListInput = Omit<ListObjectsV2CommandInput, 'Bucket'> & { readonly Prefix: string };

/** When a write is wanted: only where nothing stands, or only in the place of this very version. */
export type Condition = { readonly ifNoneMatch: '*' } | { readonly ifMatch: string };

/** `taken`: the condition did not hold · `collided`: another write was under way, ask again. */
export type PutAnswer =
  | { readonly kind: 'written'; readonly etag: string }
  | { readonly kind: 'taken' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'collided' };

/** One bucket, in the few ways that we use it. Every failure is one of ours, and says what could not be done. */
export class Bucket {
  readonly name: string;
  readonly #client: () => Promise<S3Client>;
  readonly #what: string;
  readonly #field: string;

  /** @param what whose trouble it is, for the sentence: `the ledger s3://bucket/prefix` */
  constructor(
    client: () => Promise<S3Client>,
    { name, what, field }: { readonly name: string; readonly what: string; readonly field: string },
  ) {
    this.name = name;
    this.#client = client;
    this.#what = what;
    this.#field = field;
  }

  /** S3's own clock, as the last answer gave it. */
  async serverTime(): Promise<{ readonly serverMs?: number }> {
    const serverMs = serverTimeOf(await this.#client());
    return serverMs === undefined ? {} : { serverMs };
  }

  /** `undefined` where there is none. */
  async read(key: string, options?: CallOptions): Promise<StoredText | undefined> {
    return this.#ask('read', 's3:GetObject', key, options, async (client, how) => {
      try {
        return await wholeBody(
          async () => {
            const answer = await client.send(new GetObjectCommand({ Bucket: this.name, Key: key }), how);
            return { body: answer.Body, etag: this.#etagOf(answer) };
          },
          async ({ body, etag }) => ({ text: (await body?.transformToString('utf8')) ?? '', etag }),
          options?.signal,
        );
      } catch (error) {
        if (isMissingKey(error)) return undefined;
        throw error;
      }
    });
  }

  /** `undefined` where there is none; a missing bucket counts as that too, for S3 answers both alike. */
  async look(key: string, options?: CallOptions): Promise<ObjectFacts | undefined> {
    return this.#ask('read', 's3:GetObject', key, options, async (client, how) => {
      try {
        const answer = await client.send(new HeadObjectCommand({ Bucket: this.name, Key: key }), how);
        return {
          etag: answer.ETag ?? '',
          bytes: answer.ContentLength ?? 0,
          modifiedMs: answer.LastModified?.getTime() ?? 0,
          ...(answer.VersionId !== undefined && { versionId: answer.VersionId }),
        };
      } catch (error) {
        if (awsStatusOf(error) === 404) return undefined;
        throw error;
      }
    });
  }

  /**
   * Reads its first byte, which takes the right to read it and the key that it is encrypted with; a look takes neither. `false`
   * where there is none. An archived one is `archived`, with the words for it.
   */
  async taste(key: string, options?: CallOptions): Promise<boolean | { readonly archived: string }> {
    return this.#ask('read', 's3:GetObject', key, options, async (client, how) => {
      try {
        const answer = await client.send(
          new GetObjectCommand({ Bucket: this.name, Key: key, Range: 'bytes=0-0' }),
          how,
        );
        (answer.Body as { destroy?: () => void } | undefined)?.destroy?.();
        return true;
      } catch (error) {
        if (isMissingKey(error)) return false;
        if (awsStatusOf(error) === 416) return true; // it is empty
        if (awsErrorName(error) !== 'InvalidObjectState') throw error;
        const { StorageClass, AccessTier } = error as { readonly StorageClass?: string; readonly AccessTier?: string };
        return { archived: AccessTier ?? StorageClass ?? 'an archive class' };
      }
    });
  }

  async write(key: string, text: string, condition?: Condition, options?: CallOptions): Promise<PutAnswer> {
    return this.#ask('written', 's3:PutObject', key, options, async (client, how) => {
      try {
        const command = new PutObjectCommand({
          Bucket: this.name,
          Key: key,
          Body: text,
          ContentType: 'application/json',
          ...(condition && 'ifNoneMatch' in condition && { IfNoneMatch: '*' }),
          ...(condition && 'ifMatch' in condition && { IfMatch: condition.ifMatch }),
        });
        return { kind: 'written', etag: this.#etagOf(await client.send(command, how)) };
      } catch (error) {
        const status = awsStatusOf(error);
        if (condition && status === 412) return { kind: 'taken' };
        // The other one there is: the bucket itself is being made or removed.
        if (condition && status === 409 && awsErrorName(error) !== 'OperationAborted') return { kind: 'collided' };
        if (condition && 'ifMatch' in condition && isMissingKey(error)) return { kind: 'gone' };
        throw error;
      }
    });
  }

  async remove(key: string, options?: CallOptions): Promise<void> {
    await this.#ask('tidied', 's3:DeleteObject', key, options, (client, how) =>
      client.send(new DeleteObjectCommand({ Bucket: this.name, Key: key }), how),
    );
  }

  /** In the order of their keys, page by page: one request for each thousand. */
  async *list(
    prefix: string,
    { atMost, restores = false, ...options }: ListOptions = {},
  ): AsyncGenerator<ListedObject, void> {
    const input: ListInput = {
      Prefix: prefix,
      ...(atMost !== undefined && { MaxKeys: atMost }),
      ...(restores && { OptionalObjectAttributes: ['RestoreStatus'] }),
    };
    for await (const page of this.#pages(input, options)) {
      for (const one of page.Contents ?? []) {
        const { Key: key, Size: bytes = 0, LastModified } = one;
        const archived = isArchived(one) && { archived: archiveWords(one) };
        if (key !== undefined) yield { key, bytes, modifiedMs: LastModified?.getTime() ?? 0, ...archived };
      }
      if (atMost !== undefined) return;
    }
  }

  /** The "folders" right under a prefix. */
  async folders(prefix: string, options: CallOptions = {}): Promise<readonly string[]> {
    const found: string[] = [];
    for await (const page of this.#pages({ Prefix: prefix, Delimiter: '/' }, options)) {
      for (const one of page.CommonPrefixes ?? []) if (one.Prefix !== undefined) found.push(one.Prefix);
    }
    return found;
  }

  /** Without one there is no telling that S3 itself answered, and the next write would have an empty condition. */
  #etagOf({ ETag }: { readonly ETag?: string | undefined }): string {
    if (ETag !== undefined && ETag !== '') return ETag;
    const message = `${this.#what}: what answered for S3 did so without an ETag; check the endpoint and the proxy`;
    throw new HttpStatusError(message, { status: 200, serverMessage: '', body: '' });
  }

  async *#pages(input: ListInput, options: CallOptions) {
    const client = await this.#client();
    const pages = paginateListObjectsV2({ client }, { Bucket: this.name, ...input }, sendingOf(options));
    for (;;) {
      const next = await this.#ask('listed', 's3:ListBucket', input.Prefix, options, () => pages.next());
      if (next.done === true) return;
      yield next.value;
    }
  }

  async #ask<T>(
    done: string,
    action: string,
    key: string,
    options: CallOptions = {},
    ask: (client: S3Client, how: Sending) => Promise<T>,
  ): Promise<T> {
    const { signal } = options;
    signal?.throwIfAborted();
    try {
      return await ask(await this.#client(), sendingOf(options));
    } catch (error) {
      signal?.throwIfAborted();
      const resource = action === 's3:ListBucket' ? `arn:aws:s3:::${this.name}` : `arn:aws:s3:::${this.name}/${key}`;
      throw explainAwsError(error, {
        service: 'S3',
        doing: `${this.#what} cannot be ${done}`,
        action,
        resource,
        field: this.#field,
      });
    }
  }
}

interface Sending {
  readonly abortSignal?: AbortSignal;
  readonly requestTimeout?: number;
}

const sendingOf = ({ signal, timeoutMs }: CallOptions): Sending => ({
  ...(signal && { abortSignal: signal }),
  ...(timeoutMs !== undefined && { requestTimeout: timeoutMs }),
});

/** Not a missing bucket, which is somebody's mistake. */
const isMissingKey = (error: unknown): boolean =>
  error instanceof Error &&
  (error.name === 'NoSuchKey' || (error.name !== 'NoSuchBucket' && awsStatusOf(error) === 404));

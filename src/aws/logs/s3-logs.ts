import {
  type ArchivedFiles,
  BadAnswerError,
  type CallOptions,
  isLivywireError,
  type LogArchive,
  parseS3Url,
  type RunRef,
  type S3Address,
  s3Url,
} from '../../core/index.js';
import type { AwsClients } from '../clients.js';
import { Bucket, type ListedObject } from '../s3/bucket.js';
import { serverTimeOf } from '../sdk/s3-client.js';
import { openLog } from './open-log.js';
import { UnpackedObject } from './unpacked-object.js';

export interface S3LogsOptions {
  /**
   * The folders that hold `containers/` and `steps/`: `s3://bucket/logs/j-3KVTXXXXXX7UG`. All are looked in, in this order, for a
   * cluster's folder may have been changed, and a step may have one of its own.
   */
  readonly folders: readonly string[];
  readonly clients: Pick<AwsClients, 's3'>;
}

interface Folder extends S3Address {
  readonly store: Bucket;
}

interface Found {
  readonly folder: Folder;
  readonly objects: readonly ListedObject[];
}

/** spark-submit's word stands among its first lines. */
const SUBMITTED = /Submitted application (application_\d+_\d+)/;
const FIRST_BYTES = 1024 * 1024;
const CONTAINER = /^container_(?:e\d+_)?(\d+_\d+)_(\d+)_\d+$/;

/** The logs that EMR copies to S3: `containers/<application>/<container>/stdout.gz`, `steps/<step>/stderr.gz`. */
export class S3Logs implements LogArchive {
  readonly #clients: Pick<AwsClients, 's3'>;
  readonly #folders: readonly Folder[];

  /** @throws ConfigError for a folder that is none in S3 */
  constructor({ folders, clients }: S3LogsOptions) {
    this.#clients = clients;
    this.#folders = folders.map((url) => {
      const { bucket: name, key } = parseS3Url(url, 'the log folder');
      const what = `the logs in ${s3Url({ bucket: name, key })}`;
      const store = new Bucket(() => clients.s3(), { name, what, field: '--log-uri' });
      return { bucket: name, key: key === '' ? '' : `${key}/`, store };
    });
  }

  async look(id: string, options: CallOptions = {}): Promise<ArchivedFiles> {
    const path = pathOf(id);
    const places = this.#folders.map(({ bucket, key }) => `s3://${bucket}/${key}${path}`).join(', ');
    const found = await this.#find(path, options);
    const serverMs = serverTimeOf(await this.#clients.s3());
    const seen = { places, ...(serverMs !== undefined && { nowMs: serverMs }) };
    if (!found) return { ...seen, read: async () => undefined };
    const opened = new Map<string, UnpackedObject>();
    return {
      ...seen,
      writtenMs: Math.max(...found.objects.map(({ modifiedMs }) => modifiedMs)),
      read: async ({ file, size, most }, reading) => {
        const object = opened.get(file) ?? this.#object(found, path, file, reading);
        if (!object) return undefined;
        opened.set(file, object);
        try {
          return { ...(await object.part(size, most)), isOpen: false };
        } catch (error) {
          reading.signal?.throwIfAborted();
          if (isLivywireError(error)) throw error;
          const place = `s3://${found.folder.bucket}/${found.folder.key}${path}${file}`;
          throw new BadAnswerError(`${place} cannot be unpacked: ${(error as Error).message}`, '', { cause: error });
        }
      },
    };
  }

  async drivers(appId: string, options: CallOptions = {}): Promise<readonly string[]> {
    const id = appId.replace(/^application_/, '');
    const found = new Set<string>();
    for (const { key, store } of this.#folders) {
      for (const folder of await store.folders(`${key}containers/${appId}/`, options)) {
        const name = folder.split('/').at(-2) ?? '';
        if (CONTAINER.exec(name)?.[1] === id && name.endsWith('_000001')) found.add(name);
      }
    }
    const start = (name: string): number => Number(CONTAINER.exec(name)?.[2] ?? 0);
    return [...found].sort((a, b) => start(a) - start(b));
  }

  async appOf({ id }: RunRef, options: CallOptions = {}): Promise<string | undefined> {
    if (id === undefined) return undefined;
    const files = await this.look(id, options);
    const part = await files.read({ file: 'stderr', size: FIRST_BYTES, most: FIRST_BYTES }, options);
    return SUBMITTED.exec(part?.bytes.toString('utf8') ?? '')?.[1];
  }

  async #find(path: string, options: CallOptions): Promise<Found | undefined> {
    for (const folder of this.#folders) {
      const objects: ListedObject[] = [];
      for await (const object of folder.store.list(`${folder.key}${path}`, options)) objects.push(object);
      if (objects.length > 0) return { folder, objects };
    }
    return undefined;
  }

  /** `undefined` where that file was not copied. */
  #object({ folder, objects }: Found, path: string, file: string, options: CallOptions): UnpackedObject | undefined {
    const whole = `${folder.key}${path}${file}`;
    const key = [`${whole}.gz`, whole].find((one) => objects.some((object) => object.key === one));
    return key === undefined
      ? undefined
      : new UnpackedObject(() => openLog(this.#clients, { bucket: folder.bucket, key }, options));
  }
}

/** @param id a container, a step, or a job run of EMR Serverless */
function pathOf(id: string): string {
  const app = CONTAINER.exec(id)?.[1];
  if (app === undefined && !id.startsWith('s-')) return `${id}/SPARK_DRIVER/`;
  return app === undefined ? `steps/${id}/` : `containers/application_${app}/${id}/`;
}

import { BadAnswerError, type CallOptions, isLivywireError, parseS3Url, s3Url } from '../../core/index.js';
import type { AwsClients } from '../clients.js';
import { Bucket, type ListedObject } from '../s3/bucket.js';
import { openLog } from './open-log.js';

/** One file that EMR copied from a primary. */
export interface ServerLogFile {
  /** `s3://bucket/logs/j-…/node/i-…/applications/livy/livy-livy-server.out.gz` */
  readonly place: string;
  /** S3's clock, milliseconds: when it was last copied. */
  readonly modifiedMs: number;
  /** From the beginning. @throws ConfigError, UnreachableError */
  lines(): AsyncIterable<string>;
}

/** More nodes than most clusters have; of them the primaries alone have a Livy. */
const MOST_NODES = 500;
const AT_ONCE = 8;
const IS_LIVYS = /\/livy-livy-server\.out[^/]*$/;

/**
 * What Livy's server wrote, as EMR copies it to S3 every few minutes, oldest first.
 * @param folder - the cluster's: `s3://bucket/logs/j-3KVTXXXXXX7UG`
 * @throws ConfigError for a folder that may not be read, UnreachableError
 */
export async function livyServerLogs(
  folder: string,
  { clients, signal }: { readonly clients: Pick<AwsClients, 's3'> } & Pick<CallOptions, 'signal'>,
): Promise<readonly ServerLogFile[]> {
  const { bucket, key } = parseS3Url(folder, 'the log folder');
  const store = new Bucket(() => clients.s3(), { name: bucket, what: `the logs in ${folder}`, field: '--log-uri' });
  const options = signal ? { signal } : {};
  const nodes = await store.folders(`${key}/node/`, options);
  const found: ListedObject[] = [];
  for (let i = 0; i < Math.min(nodes.length, MOST_NODES); i += AT_ONCE) {
    const some = nodes.slice(i, i + AT_ONCE).map(async (node) => {
      for await (const object of store.list(`${node}applications/livy/`, options))
        if (IS_LIVYS.test(object.key)) found.push(object);
    });
    await Promise.all(some);
  }
  return found
    .sort((a, b) => a.modifiedMs - b.modifiedMs)
    .map((object) => ({
      place: s3Url({ bucket, key: object.key }),
      modifiedMs: object.modifiedMs,
      lines: () => linesOf(clients, { bucket, key: object.key }, options),
    }));
}

async function* linesOf(
  clients: Pick<AwsClients, 's3'>,
  place: { readonly bucket: string; readonly key: string },
  options: Pick<CallOptions, 'signal'>,
): AsyncGenerator<string, void> {
  const input = await openLog(clients, place, options);
  const text = new TextDecoder();
  let rest = '';
  try {
    for await (const chunk of input) {
      const lines = (rest + text.decode(chunk as Buffer, { stream: true })).split(/\r?\n/);
      rest = lines.pop() ?? '';
      yield* lines;
    }
    if (rest !== '') yield rest;
  } catch (error) {
    options.signal?.throwIfAborted();
    if (isLivywireError(error)) throw error;
    throw new BadAnswerError(`${s3Url(place)} cannot be unpacked: ${(error as Error).message}`, '', { cause: error });
  } finally {
    input.destroy();
  }
}

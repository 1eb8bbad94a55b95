import { acceptS3Output, once, type OutputMarkers, parseS3Url, type S3Address } from '../core/index.js';
import { type AwsClients, awsClients } from './clients.js';
import type { Bucket } from './s3/bucket.js';
import type { AwsSettings } from './settings.js';

export interface S3MarkersOptions extends AwsSettings {
  /** Clients that are there already. @defaultValue new ones, from the settings here */
  readonly clients?: () => Promise<Pick<AwsClients, 's3'>>;
}

/** Of the objects under an output; more are not counted one by one. */
const MOST_COUNTED = 100_000;

/** `_SUCCESS` objects in S3, and what was written beside them. The SDK is loaded by the first look. */
export function s3Markers(options: S3MarkersOptions = {}): OutputMarkers {
  const clients = options.clients ?? once(async () => awsClients(options));
  const bucketOf = async ({ bucket }: S3Address, path: string): Promise<Bucket> => {
    const { Bucket: Opened } = await import('./s3/bucket.js');
    return new Opened(async () => (await clients()).s3(), {
      name: bucket,
      what: `the output ${path}`,
      field: 'output',
    });
  };
  const markerOf = (path: string): string => `${path}/_SUCCESS`;
  return {
    source: () => 's3',
    accept: acceptS3Output,
    markerOf,
    async read(path, call) {
      const address = parseS3Url(markerOf(path), 'output');
      const bucket = await bucketOf(address, path);
      const facts = await bucket.look(address.key, call);
      if (facts) {
        // Every empty _SUCCESS has the same ETag; its second, and in a versioned bucket its version, tell them apart.
        const version = [facts.modifiedMs, facts.etag, facts.versionId].filter((one) => one !== undefined).join(' ');
        return { kind: 'present', version, ...(await bucket.serverTime()) };
      }
      // A HEAD says 404 of a bucket that is not there, too, and that would pass for an output that is still to come.
      for await (const _ of bucket.list(address.key, { ...call, atMost: 1 })) break;
      return { kind: 'absent', ...(await bucket.serverTime()) };
    },
    async written(path, { sinceMs, ...call } = {}) {
      const address = parseS3Url(path, 'output');
      const bucket = await bucketOf(address, path);
      let [objects, bytes] = [0, 0];
      // S3 gives whole seconds.
      const from = sinceMs === undefined ? 0 : Math.floor(sinceMs / 1_000) * 1_000;
      for await (const one of bucket.list(`${address.key}/`, call)) {
        if (one.modifiedMs < from || isAside(one.key.slice(address.key.length + 1))) continue;
        objects += 1;
        bytes += one.bytes;
        if (objects >= MOST_COUNTED) return { path, objects, bytes, complete: false };
      }
      return { path, objects, bytes, complete: true };
    },
  };
}

/** What is no data for Spark either: the marker, and what begins with a dot or an underscore. */
const isAside = (path: string): boolean =>
  path.split('/').some((part) => /^[._]/.test(part) && !part.includes('=')) || path.endsWith('_$folder$');

import { ConfigError } from '../../core/index.js';
import { keyOf } from '../keys.js';
import { Fields } from '../fields.js';
import { type Happening, timeFields } from './happening.js';

/** An object as S3 tells of it, one way or the other. */
export interface S3Object {
  readonly bucket: string;
  /** As it is, not URL-encoded. */
  readonly key: string;
  readonly version?: string | undefined;
  readonly etag?: string | undefined;
  readonly sequencer?: string | undefined;
  readonly size?: number | undefined;
  readonly time?: string | undefined;
  /** When it came back from an archive: the same write once more. */
  readonly restored?: string | undefined;
}

/**
 * One write of one object is one run, whether S3 or EventBridge tells of it, and however often.
 * @throws ConfigError where nothing tells two writes apart
 */
export function happeningOfObject(fields: Fields, object: S3Object, event: unknown): Happening {
  const { bucket, key, version, etag, sequencer, size, time, restored } = object;
  if (!isVersion(version) && etag === undefined && sequencer === undefined)
    fields.wrong(
      'sequencer',
      'there, or a version or an etag: without any of them a second upload would pass for the first',
    );
  const write = isVersion(version) ? `version=${version}` : `etag=${etag ?? ''}&sequencer=${sequencer ?? ''}`;
  return {
    key: keyOf('s3', bucket, `${key}?${write}${restored === undefined ? '' : `&restored=${restored}`}`),
    fields: {
      bucket,
      key,
      uri: `s3://${bucket}/${key}`,
      name: key.slice(key.lastIndexOf('/') + 1),
      ...(size !== undefined && { size: String(size) }),
      ...(etag !== undefined && { etag }),
      ...(isVersion(version) && { version }),
      ...timeFields(time),
    },
    event,
  };
}

/** A bucket whose versioning was switched off calls every version `null`. */
const isVersion = (version: string | undefined): version is string => version !== undefined && version !== 'null';

/** S3 writes the keys of its notifications as a form does: a blank is a plus. @throws ConfigError naming the field */
function decodedKey(object: Fields): string {
  const key = object.mustText('key');
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    const field = object.pathOf('key');
    throw new ConfigError(`${field} is not encoded as S3 does it (a % is %25, a blank is +)`, { field });
  }
}

const RESTORED = 'ObjectRestore:Completed';

/**
 * One record of a notification; none where no object came to be there: one queue may as well be told of removals, tags and
 * expiries. @throws ConfigError naming the field
 */
export function happeningsOfS3Record(record: unknown, path: string): readonly Happening[] {
  const fields = new Fields(record, path);
  const name = fields.mustText('eventName');
  if (!name.startsWith('ObjectCreated:') && name !== RESTORED) return [];
  const s3 = fields.object('s3') ?? fields.wrong('s3', 'the bucket and the object');
  const bucket = s3.object('bucket') ?? s3.wrong('bucket', 'an object with its name');
  const object = s3.object('object') ?? s3.wrong('object', 'an object with its key');
  const size = object.raw('size');
  const time = fields.text('eventTime');
  const happening = happeningOfObject(
    object,
    {
      bucket: bucket.mustText('name'),
      key: decodedKey(object),
      version: object.text('versionId'),
      etag: object.text('eTag'),
      sequencer: object.text('sequencer'),
      size: typeof size === 'number' ? size : undefined,
      time,
      ...(name === RESTORED && { restored: time }),
    },
    record,
  );
  return [happening];
}

import { type CallOptions, ConfigError, parseS3Url, s3Url } from '../core/index.js';
import type { AwsClients } from './clients.js';

/** More than a job is told by; a page of a list holds as many. */
const MOST_LISTED = 10_000;
const MOST_NAMED = 3;

/**
 * Makes sure that an input is there and may be read: an object, or a prefix with at least one object that holds anything. One
 * byte of one object is read. Of a prefix the first 10,000 objects are listed, and none of them may be archived.
 * @throws ConfigError when it is not there, may not be read, or is archived; UnreachableError
 */
export async function checkS3Input(
  url: string,
  clients: Pick<AwsClients, 's3'>,
  options: CallOptions = {},
): Promise<void> {
  const address = parseS3Url(url, '--input');
  const shown = s3Url(address);
  const { Bucket } = await import('./s3/bucket.js');
  const bucket = new Bucket(() => clients.s3(), { name: address.bucket, what: `the input ${shown}`, field: '--input' });
  if (address.key !== '' && !url.endsWith('/')) {
    const found = await bucket.taste(address.key, options);
    if (typeof found === 'object') throw archived(shown, [{ key: address.key, ...found }], address.bucket);
    if (found) return;
  }
  const prefix = address.key === '' ? '' : `${address.key}/`;
  const asleep: { readonly key: string; readonly archived: string }[] = [];
  let [first, listed]: [string | undefined, number] = [undefined, 0];
  for await (const object of bucket.list(prefix, { ...options, restores: true })) {
    if (++listed > MOST_LISTED) break;
    // What a console leaves behind when a folder is made is no data.
    if (object.key.endsWith('/')) continue;
    first ??= object.key;
    if (object.archived !== undefined) asleep.push({ key: object.key, archived: object.archived });
  }
  if (asleep.length > 0) throw archived(shown, asleep, address.bucket);
  if (first === undefined) {
    throw new ConfigError(
      `the input ${shown} is not there: no object has that name, and none stands under ${shown}/; nothing was sent`,
      { field: '--input' },
    );
  }
  // Listing is one right, reading another.
  const found = await bucket.taste(first, options);
  if (typeof found === 'object') throw archived(shown, [{ key: first, ...found }], address.bucket);
}

function archived(
  shown: string,
  objects: readonly { readonly key: string; readonly archived: string }[],
  bucket: string,
): ConfigError {
  const named = objects.slice(0, MOST_NAMED).map(({ key, archived: how }) => `${s3Url({ bucket, key })} (${how})`);
  const more = objects.length > MOST_NAMED ? ` and ${objects.length - MOST_NAMED} more` : '';
  return new ConfigError(
    `the input ${shown} is archived, and cannot be read before it is restored: ${named.join(', ')}${more}; ` +
      `restore ${objects.length === 1 ? 'it' : 'each'} (aws s3api restore-object), or leave it out; nothing was sent`,
    { field: '--input' },
  );
}

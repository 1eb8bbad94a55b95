import { type CallOptions, ConfigError, parseS3Url, s3Url } from '../core/index.js';
import type { AwsClients } from './clients.js';

/**
 * Makes sure that an input is there and may be read: an object, or a prefix with at least one object that holds anything. One
 * to three requests; of an object no more than its head is read.
 * @throws ConfigError when it is not there or may not be read; UnreachableError
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
  if (address.key !== '' && !url.endsWith('/') && (await bucket.look(address.key, options))) return;
  const prefix = address.key === '' ? '' : `${address.key}/`;
  for await (const { key } of bucket.list(prefix, { ...options, atMost: 10 })) {
    // What a console leaves behind when a folder is made is no data.
    if (key.endsWith('/')) continue;
    await bucket.look(key, options); // listing is one right, reading another
    return;
  }
  throw new ConfigError(
    `the input ${shown} is not there: no object has that name, and none stands under ${shown}/; nothing was sent`,
    { field: '--input' },
  );
}

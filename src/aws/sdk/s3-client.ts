import { S3Client } from '@aws-sdk/client-s3';
import { type ClientSettings, clientConfig } from './client-settings.js';

const serverTimes = new WeakMap<S3Client, number>();

/** S3's own clock as its last answer gave it, milliseconds. */
export const serverTimeOf = (client: S3Client): number | undefined => serverTimes.get(client);

export function s3Client(settings: ClientSettings): S3Client {
  const client = new S3Client({
    ...clientConfig(settings),
    // A bucket may live in another region than our settings name; S3 says which.
    followRegionRedirects: true,
    // A stand-in for S3 has no host name for each bucket.
    ...(settings.endpointUrl !== undefined && { forcePathStyle: true }),
  });
  client.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args);
      const { headers } = answer.response as { readonly headers?: Readonly<Record<string, string>> };
      const ms = Date.parse(headers?.date ?? '');
      if (!Number.isNaN(ms)) serverTimes.set(client, ms);
      return answer;
    },
    { step: 'deserialize', priority: 'low', name: 'livywireServerTime' },
  );
  return client;
}

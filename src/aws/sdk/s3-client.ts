import { S3Client } from '@aws-sdk/client-s3';
import { type ClientSettings, clientConfig } from './client-settings.js';

export const s3Client = (settings: ClientSettings): S3Client =>
  new S3Client({
    ...clientConfig(settings),
    // A bucket may live in another region than our settings name; S3 says which.
    followRegionRedirects: true,
    // A stand-in for S3 has no host name for each bucket.
    ...(settings.endpointUrl !== undefined && { forcePathStyle: true }),
  });

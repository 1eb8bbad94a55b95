import type { AwsAccess } from './model.js';

/** The account that the local AWS calls its own; STS answers with it too. */
export const ACCOUNT = '123456789012';
export const REGION = 'us-east-1';
/** Anything is taken for a key; these say in a log where they belong. */
export const ACCESS_KEY = 'livywire-local';
export const SECRET_KEY = 'livywire-local-secret';

/** A bucket's name has no capitals and no underscores, and an instance's may. */
export const bucketOf = (instance: string): string =>
  `livywire-${instance.toLowerCase().replaceAll('_', '-').replace(/-+$/, '')}`;

/** How programs get at the local AWS of an instance. */
export const awsAccess = (instance: string, endpoint: string): AwsAccess => ({
  endpoint,
  region: REGION,
  accessKeyId: ACCESS_KEY,
  secretAccessKey: SECRET_KEY,
  bucket: bucketOf(instance),
  clusterName: instance,
});

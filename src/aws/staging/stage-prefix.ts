import { ConfigError } from '../../core/index.js';

/** Where staged files go. */
export interface StagePrefix {
  /** As it was written: what the cluster reads it with. */
  readonly scheme: 's3' | 's3a';
  readonly bucket: string;
  /** Without slashes at its ends; empty for the bucket's top. */
  readonly prefix: string;
}

export interface S3Place {
  readonly bucket: string;
  readonly key: string;
}

const ADDRESS = /^(s3a?):\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/;

/** @throws ConfigError for what is no `s3://bucket/prefix` */
export function parseStagePrefix(text: string): StagePrefix {
  const [, scheme, bucket, rest = ''] = ADDRESS.exec(text) ?? [];
  const wrong = (why: string): ConfigError =>
    new ConfigError(`${JSON.stringify(text)} is no place to stage to: ${why}`, { field: '--stage' });
  if (scheme === undefined || bucket === undefined) throw wrong('write s3://bucket/prefix');
  const prefix = rest.replace(/^\/+|\/+$/g, '');
  // Spark splits lists of addresses at commas, and reads %, ? and # in an address as signs of their own.
  const odd = /[^A-Za-z0-9._=+@~/-]/.exec(prefix)?.[0];
  if (odd !== undefined) throw wrong(`a prefix cannot hold ${JSON.stringify(odd)}, which Spark does not read back`);
  return { scheme: scheme === 's3a' ? 's3a' : 's3', bucket, prefix };
}

/** `<prefix>/<sha256>/<name>`: the same bytes always stand at the same address, and never others. */
export const stagedKey = ({ prefix }: StagePrefix, sha256: string, name: string): string =>
  [...(prefix === '' ? [] : [prefix]), sha256, name].join('/');

export const stagedUri = ({ scheme, bucket }: StagePrefix, key: string): string => `${scheme}://${bucket}/${key}`;

/** The bucket and key of an `s3://` address. */
export function parseS3Uri(uri: string): S3Place | undefined {
  const [, bucket, key] = /^s3[an]?:\/\/([^/]+)\/([^#]+)/.exec(uri) ?? [];
  return bucket === undefined || key === undefined ? undefined : { bucket, key };
}

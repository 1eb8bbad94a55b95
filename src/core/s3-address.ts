import { ConfigError } from './errors.js';
import { redactText } from './redact.js';

/** A bucket, and what stands behind it: an object's key, or a prefix without a slash at its end. */
export interface S3Address {
  readonly bucket: string;
  readonly key: string;
}

export const isS3Url = (text: string): boolean => /^s3[an]?:\/\//i.test(text);

/** `s3://bucket/some/prefix`; the spellings s3a and s3n of Hadoop mean the same place. @throws ConfigError */
export function parseS3Url(text: string, field: string): S3Address {
  const [, bucket = '', rest = ''] = /^s3[an]?:\/\/([^/]*)\/?(.*)$/is.exec(text) ?? [];
  const refuse = (why: string): never => {
    throw new ConfigError(`${field}: ${JSON.stringify(redactText(text))} ${why}; write s3://bucket/prefix`, { field });
  };
  // As S3 has it; an access point's ARN is a bucket's name, too.
  if (!/^(?:[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]|arn:[\w:-]+)$/.test(bucket)) refuse('names no bucket');
  const key = rest.replace(/\/+$/, '');
  if (/\p{Cc}/u.test(key)) refuse('holds control characters');
  if (key.split('/').some((part) => part === '' || part === '.' || part === '..') && key !== '') {
    refuse('has an empty part, or one of dots, in its path');
  }
  return { bucket, key };
}

export const s3Url = ({ bucket, key }: S3Address): string => (key === '' ? `s3://${bucket}` : `s3://${bucket}/${key}`);

/** An output in S3 as the ledger keeps it. @throws ConfigError */
export function acceptS3Output(path: string): string {
  const kept = s3Url(parseS3Url(path, 'output'));
  // It is written down as it is, and looked at by whoever comes later.
  if (redactText(kept) === kept) return kept;
  throw new ConfigError('The output holds what looks like a secret, and would stand in the ledger', {
    field: 'output',
  });
}

import { PassThrough, pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import type { CallOptions } from '../../core/index.js';
import type { AwsClients } from '../clients.js';
import { explainAwsError } from '../explain-error.js';

/** The bytes of one log in S3, unpacked where it is packed. What is broken on the way shows where they are read. */
export async function openLog(
  clients: Pick<AwsClients, 's3'>,
  { bucket, key }: { readonly bucket: string; readonly key: string },
  { signal }: Pick<CallOptions, 'signal'>,
): Promise<Readable> {
  signal?.throwIfAborted();
  try {
    const client = await clients.s3();
    const { Body: body } = await client.send(
      new GetObjectCommand({ Bucket: bucket, Key: key }),
      signal ? { abortSignal: signal } : {},
    );
    return pipeline(body as Readable, key.endsWith('.gz') ? createGunzip() : new PassThrough(), () => undefined);
  } catch (error) {
    signal?.throwIfAborted();
    throw explainAwsError(error, {
      service: 'S3',
      doing: `the log s3://${bucket}/${key} cannot be read`,
      action: 's3:GetObject',
      resource: `arn:aws:s3:::${bucket}/${key}`,
    });
  }
}

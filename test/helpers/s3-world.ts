import { randomUUID } from 'node:crypto';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { ExecutionContext } from 'ava';
import { type AwsClients, awsClients } from '../../src/aws/clients.js';
import type { LocalAws } from './moto.js';
import { type S3Proxy, s3Proxy } from './s3-proxy.js';

export interface S3World {
  readonly bucket: string;
  readonly clients: AwsClients;
  readonly proxy: S3Proxy;
  put(key: string, body?: string): Promise<void>;
}

/** A bucket of this test's own, behind a proxy that counts and fails. `undefined`, and said, where there is no server. */
export async function s3World(
  t: ExecutionContext,
  server: Promise<LocalAws | undefined>,
): Promise<S3World | undefined> {
  const aws = await server;
  if (!aws) {
    t.pass('skipped: no moto here');
    return undefined;
  }
  const proxy = await s3Proxy(aws.url);
  const clients = awsClients({ endpointUrl: proxy.url });
  t.teardown(async () => {
    clients.close();
    await proxy.close();
  });
  const bucket = `livywire-${randomUUID()}`;
  const s3 = await clients.s3();
  const LocationConstraint = 'eu-west-1';
  await s3.send(new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration: { LocationConstraint } }));
  proxy.forget();
  return {
    bucket,
    clients,
    proxy,
    put: async (key, body = '\n') =>
      void (await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }))),
  };
}

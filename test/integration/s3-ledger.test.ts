// The ledger in S3, on a real moto and, where it is installed, on versitygw, which checks signatures and checksums.
import { randomUUID } from 'node:crypto';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import test from 'ava';
import { awsClients } from '../../src/aws/clients.js';
import { s3Ledger } from '../../src/aws/index.js';
import { ledgerContract } from '../helpers/ledger-contract.js';
import { type LocalAws, standInCredentials, startMoto } from '../helpers/moto.js';
import { startVersitygw } from '../helpers/versitygw.js';

standInCredentials('stand-in', 'stand-in-secret');
const servers: Readonly<Record<string, Promise<LocalAws | undefined>>> = {
  moto: startMoto(),
  versitygw: startVersitygw('stand-in', 'stand-in-secret'),
};
test.after.always(async () => {
  for (const server of Object.values(servers)) await (await server)?.stop();
});

for (const [name, server] of Object.entries(servers)) {
  ledgerContract(`in S3 (${name})`, async (t) => {
    const aws = await server;
    if (!aws) return undefined;
    const clients = awsClients({ endpointUrl: aws.url });
    t.teardown(() => clients.close());
    const bucket = `ledger-${randomUUID()}`;
    await (await clients.s3()).send(new CreateBucketCommand({ Bucket: bucket }));
    return () => s3Ledger(`s3://${bucket}/team/livywire`, { clients });
  });
}

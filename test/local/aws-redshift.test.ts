import test, { type ExecutionContext } from 'ava';
import { CallRefused } from '../../src/local/aws-answer.js';
import { Moto } from '../../src/local/aws-moto.js';
import { RedshiftData } from '../../src/local/aws-redshift.js';
import { webServer } from '../helpers/web-server.js';

const copy = (from: string) => ({
  Database: 'dwh',
  WorkgroupName: 'analysts',
  Sql: `COPY sales FROM '${from}' IAM_ROLE 'arn:aws:iam::123456789012:role/copy' FORMAT AS PARQUET`,
});

/** Redshift over an S3 that holds `s3://data/out/…` and nothing else. */
async function redshift(t: ExecutionContext) {
  const moto = await webServer(t, (request, response) => {
    const isThere = request.url?.startsWith('/data?') === true && request.url.includes('prefix=out');
    response.end(`<ListBucketResult>${isThere ? '<Contents><Key>out/1</Key></Contents>' : ''}</ListBucketResult>`);
  });
  let now = 0;
  const data = new RedshiftData(new Moto(moto.url), { now: () => now, sleep: () => Promise.resolve() });
  const ask = async (action: string, input: object) =>
    (await data.call(action, { ...input })) as Record<string, string>;
  return { ask, pass: (ms: number) => (now += ms) };
}

test('a COPY is submitted, at work and finished, and its text is told', async (t) => {
  const { ask, pass } = await redshift(t);
  const { Id } = await ask('ExecuteStatement', copy('s3://data/out/day=1/'));
  t.is((await ask('DescribeStatement', { Id })).Status, 'SUBMITTED');
  pass(1_000);
  t.is((await ask('DescribeStatement', { Id })).Status, 'STARTED');
  pass(1_000);
  t.like(await ask('DescribeStatement', { Id }), { Status: 'FINISHED', QueryString: copy('s3://data/out/day=1/').Sql });
});

test('a COPY of nothing fails, as at Redshift', async (t) => {
  const { ask, pass } = await redshift(t);
  const { Id } = await ask('ExecuteStatement', copy('s3://data/in/'));
  pass(5_000);
  const found = await ask('DescribeStatement', { Id });
  t.is(found.Status, 'FAILED');
  t.regex(found.Error ?? '', /prefix 'in\/' does not exist/);
});

test('the same token is the same statement', async (t) => {
  const { ask } = await redshift(t);
  const request = { ...copy('s3://data/out/'), ClientToken: 'once' };
  const { Id } = await ask('ExecuteStatement', request);
  t.is((await ask('ExecuteStatement', request)).Id, Id);
  t.not((await ask('ExecuteStatement', { ...request, ClientToken: 'twice' })).Id, Id);
});

test('a statement can be cancelled while it is at work, not afterwards', async (t) => {
  const { ask, pass } = await redshift(t);
  const { Id } = await ask('ExecuteStatement', copy('s3://data/out/'));
  await ask('CancelStatement', { Id });
  t.is((await ask('DescribeStatement', { Id })).Status, 'ABORTED');
  const other = await ask('ExecuteStatement', copy('s3://data/out/'));
  pass(10_000);
  await t.throwsAsync(ask('CancelStatement', { Id: other.Id }), { instanceOf: CallRefused, message: /already in/ });
});

test('neither cluster nor workgroup, or both, are refused', async (t) => {
  const { ask } = await redshift(t);
  const { Database, Sql } = copy('s3://data/out/');
  await t.throwsAsync(ask('ExecuteStatement', { Database, Sql }), { message: /exactly one of ClusterIdentifier/ });
  await t.throwsAsync(ask('ExecuteStatement', { Database, Sql, ClusterIdentifier: 'c', WorkgroupName: 'w' }), {
    message: /exactly one of ClusterIdentifier/,
  });
});

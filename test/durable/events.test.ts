/** Events that start a durable execution. */
import test from 'ava';
import { createDurableSparkJob } from '../../src/durable/index.js';
import type { RunAnswer } from '../../src/lambda/index.js';
import { lambdaRig } from '../lambda/rig.js';
import { execute } from './service.js';

const created = (key: string) => ({
  id: 'a',
  source: 'aws.s3',
  'detail-type': 'Object Created',
  time: '2026-11-23T01:00:00Z',
  detail: { bucket: { name: 'raw' }, object: { key, size: 3, etag: 'e', sequencer: '1' } },
});

test('an object in S3 starts the job of the template, once however often it is told', async (t) => {
  const rig = lambdaRig();
  const handler = createDurableSparkJob({
    ...rig.options,
    job: { file: 's3://jobs/etl.py', args: ['{uri}', '{date}'] },
  });
  const first = await execute(handler, created('in/a.csv'), { ...rig, name: 'a' });
  // Without a name of the caller's each delivery is an execution of its own.
  const second = await execute(handler, created('in/a.csv'), { ...rig, name: 'b' });
  t.is((first.result as RunAnswer).ref?.key, 's3/raw/in/a.csv?etag=e&sequencer=1');
  t.deepEqual((second.result as RunAnswer).ref, (first.result as RunAnswer).ref);
  t.is(rig.posts(), 1);
});

test('the job of an event is made once, and a replay takes it as it was', async (t) => {
  const rig = lambdaRig();
  let made = 0;
  const handler = createDurableSparkJob({
    ...rig.options,
    job: () => ({ file: 's3://jobs/etl.py', args: [`call ${++made}`] }),
  });
  const ended = await execute(handler, created('in/a.csv'), rig);
  t.is(ended.status, 'SUCCEEDED', ended.error?.ErrorMessage);
  t.true(ended.invocations > 2);
  t.is(made, 1);
});

test('LIVYWIRE_JOB is the template where the function has none', async (t) => {
  const rig = lambdaRig({ env: { LIVYWIRE_JOB: '{"file":"s3://jobs/etl.py","args":["{name}"]}' } });
  const ended = await execute(createDurableSparkJob(rig.options), created('in/a.csv'), rig);
  t.is(ended.status, 'SUCCEEDED');
});

test('what starts nothing is no failure', async (t) => {
  const rig = lambdaRig();
  const handler = createDurableSparkJob({ ...rig.options, job: () => undefined });
  for (const event of [{ Event: 's3:TestEvent', Bucket: 'raw' }, created('in/_tmp')]) {
    const ended = await execute(handler, event, rig);
    t.deepEqual(ended.result, { v: 1, started: 0, adopted: 0, failed: 0, runs: [] });
  }
  t.is(rig.posts(), 0);
});

test('an event of several things, or one that cannot be read, is a ConfigError, and nothing is sent', async (t) => {
  const rig = lambdaRig();
  const handler = createDurableSparkJob({ ...rig.options, job: { file: 's3://jobs/etl.py', args: ['{body}'] } });
  const message = (messageId: string) => ({ eventSource: 'aws:sqs', messageId, body: 'hello', attributes: {} });
  const several = await execute(handler, { Records: [message('1'), message('2')] }, rig);
  t.is(several.error?.ErrorType, 'ConfigError');
  t.regex(several.error?.ErrorMessage ?? '', /tells of 2 things.*batch size of 1/);
  const unread = await execute(handler, created('in/a.csv'), rig);
  t.is(unread.error?.ErrorType, 'ConfigError');
  t.regex(unread.error?.ErrorMessage ?? '', /no \{body\}/);
  t.is(rig.posts(), 0);
});

/**
 * `npm run demo:workflow`: the state machine as it is deployed, on this machine: Step Functions' language by moto, our handlers in AWS's
 * own Lambda runtime, Livy, YARN, Spark and an S3. One job ends well, with its output in S3; one fails, and the execution says why.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { buildHandlers } from './gate/build-handlers.js';
import { DemoShell } from './gate/demo-shell.js';
import { root } from './gate/project.js';

const name = 'demo-workflow';
const bucket = `livywire-${name}`;
const bundles = await buildHandlers(name);

process.exitCode = await DemoShell.demo(name, ['--aws'], async (shell) => {
  const s3 = new S3Client({
    endpoint: shell.exported('AWS_ENDPOINT_URL'),
    region: shell.exported('AWS_REGION'),
    credentials: { accessKeyId: 'livywire-local', secretAccessKey: 'livywire-local-secret' },
  });
  const put = (Key: string, Body: string): Promise<unknown> =>
    s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
  for (const job of ['wordcount.py', 'fail.py'])
    await put(`jobs/${job}`, await readFile(join(root, 'jobs', job), 'utf8'));
  await put('in/licence.txt', await readFile(join(root, 'LICENSE'), 'utf8'));

  const execute = async (label: string, input: object): Promise<number> => {
    const file = join(shell.folder, `${label}.json`);
    await writeFile(file, JSON.stringify(input));
    console.error(`\n# ${label}.json: ${JSON.stringify(input)}`);
    const words = [
      'workflow',
      'run',
      'run-spark-job',
      '--local',
      '--name',
      name,
      '--bundles',
      bundles,
      '--input',
      file,
    ];
    return shell.step(words);
  };
  const output = `s3://${bucket}/out`;
  const good = await execute('good', {
    job: { file: `s3://${bucket}/jobs/wordcount.py`, args: [`s3://${bucket}/in/`, output] },
    output,
  });
  if (good !== 0) return good;
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: 'out/part-' }));
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: Contents[0]?.Key }));
  console.log(`${output} begins with\n${((await Body?.transformToString()) ?? '').split('\n').slice(0, 4).join('\n')}`);

  const bad = await execute('bad', { job: { file: `s3://${bucket}/jobs/fail.py`, args: ['an amount is negative'] } });
  return bad === 1 ? 0 : bad;
});

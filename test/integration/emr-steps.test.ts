// Jobs as steps of a cluster whose API is the local one: each step really runs spark-submit on the local YARN.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import test from 'ava';
import { createLivywire } from '../../src/app/index.js';
import { connectToSteps } from '../../src/aws/index.js';
import type { JobSpec } from '../../src/core/index.js';
import { down, type LocalInstance, packageRoot, up } from '../../src/local/index.js';
import { memoryLedger } from '../../src/run/index.js';
import { standInCredentials } from '../helpers/moto.js';

let stateDir = '';
let instance: LocalInstance;
const job = (name: string, ...args: string[]): JobSpec => ({
  file: join(packageRoot(), 'jobs', name),
  args,
  executorMemory: '512m',
  conf: { 'spark.yarn.maxAppAttempts': 1, 'spark.executor.instances': 1 },
});

test.before(async (t) => {
  t.timeout(900_000); // the first one fetches everything
  stateDir = await mkdtemp(join(tmpdir(), 'livywire-steps-'));
  instance = await up({ stateDir, aws: true });
  standInCredentials(instance.aws?.accessKeyId, instance.aws?.secretAccessKey);
  // As on EMR logs come late: what was copied before the end is believed only after six minutes without a change.
  await control('logs', { delayMs: 120_000 });
});
test.after.always(async () => {
  await down({ stateDir });
  await rm(stateDir, { recursive: true, force: true });
});

async function control(what: string, body: object): Promise<void> {
  const answer = await fetch(`${instance.aws?.endpoint}/_livywire/${what}`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

async function open({ yarn = true } = {}) {
  const { endpoint, region, clusterName } = instance.aws!;
  const { yarn: its, historyUrl, ...found } = await connectToSteps(clusterName, { endpointUrl: endpoint, region });
  const behind = yarn && its && { yarn: its, ...(historyUrl !== undefined && { historyUrl }) };
  return createLivywire({
    ...found,
    ...behind,
    aws: { endpointUrl: endpoint, region },
    ledger: memoryLedger(),
  });
}

interface App {
  readonly id: string;
  readonly state: string;
  readonly finalStatus: string;
}
async function appsTagged(tag: string): Promise<readonly App[]> {
  const answer = await fetch(`${instance.behind?.resourceManager}/ws/v1/cluster/apps?applicationTags=${tag}`);
  return ((await answer.json()) as { apps: { app: App[] } | null }).apps?.app ?? [];
}

test('a step whose answer was lost, on an API that throttles, is one application with its log and its end', async (t) => {
  await control('throttle', { on: true });
  await control('faults', { action: 'elasticmapreduce:AddJobFlowSteps', error: 'Reset', times: 1, after: true });
  const lw = await open();
  t.teardown(() => lw.close());
  const run = await lw.submit(job('pi.py', '2'), { key: 'pi' });
  const lines: string[] = [];
  for await (const event of run.events()) if (event.type === 'line') lines.push(event.text);
  await control('throttle', { on: false });
  const outcome = await run.wait();
  t.is(outcome.kind, 'succeeded', JSON.stringify(outcome));
  t.true(lines.some((line) => line.startsWith('pi is roughly')));
  t.deepEqual(
    (await appsTagged(run.ref.name)).map(({ id, finalStatus }) => [id, finalStatus]),
    [[outcome.ref.appId ?? '', 'SUCCEEDED']],
  );
});

test('a cancel stops the step and its application, as YARN says', async (t) => {
  const lw = await open();
  t.teardown(() => lw.close());
  const run = await lw.submit(job('sleep.py', '600'), { key: 'long' });
  for await (const event of run.events()) {
    if (event.type === 'state' && event.status.source === 'yarn' && event.status.state === 'running') break;
  }
  const outcome = await run.cancel();
  t.is(outcome.kind === 'cancelled' && outcome.by, 'livywire', JSON.stringify(outcome));
  t.deepEqual(
    (await appsTagged(run.ref.name)).map(({ state }) => state),
    ['KILLED'],
  );
});

// A log that was copied just before the end is believed after six minutes in which nothing came: too long for every day.
const slow = process.env.SLOW_TESTS === undefined ? test.skip : test;
slow(
  'with no YARN in reach a failure is explained by the log that EMR copied to S3 (skipped unless SLOW_TESTS is set)',
  async (t) => {
    const lw = await open({ yarn: false });
    t.teardown(() => lw.close());
    const run = await lw.submit(job('fail.py'), { key: 'fail' });
    const outcome = await run.wait();
    if (outcome.kind !== 'failed') return t.fail(JSON.stringify(outcome));
    t.is(outcome.diagnosis.code, 'PYTHON_EXCEPTION', JSON.stringify(outcome));
    t.true(outcome.evidence.some(({ source, answer }) => source === 'emr' && answer.startsWith('FAILED: ')));
    const seen: string[] = [];
    for await (const item of run.logs()) if (item.type === 'line') seen.push(`${item.source} ${item.text}`);
    t.true(seen.some((line) => /^container_.* ValueError: an amount is negative/.test(line)));
  },
);

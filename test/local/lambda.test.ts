import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { LambdaHost } from '../../src/local/lambda-host.js';
import { programArgs } from '../../src/local/program.js';

const code = `
let calls = 0;
export const handler = async (event, context) => {
  calls++;
  if (event.say) console.log(event.say);
  if (event.throw) { const error = new Error('because'); error.name = event.throw; throw error; }
  if (event.exit !== undefined) process.exit(event.exit);
  if (event.hang) await new Promise((resolve) => setTimeout(resolve, 60_000));
  if (event.later) setTimeout(() => { calls += 100; }, 1);
  return {
    calls, pid: process.pid, name: context.functionName, id: context.awsRequestId.length,
    left: context.getRemainingTimeInMillis() > 0, region: process.env.AWS_REGION, mine: process.env.MINE, home: process.env.HOME ?? null,
  };
};`;

/** A function in plain Node; AWS's own runtime is tried in test/integration. */
async function deployed(t: ExecutionContext, more: { readonly timeoutMs?: number; readonly code?: string } = {}) {
  const dir = await mkdtemp(join(tmpdir(), 'livywire-lambda-'));
  await writeFile(join(dir, 'index.mjs'), more.code ?? code);
  const host = new LambdaHost();
  t.teardown(async () => {
    host.close();
    await rm(dir, { recursive: true });
  });
  const log = join(dir, 'log');
  host.put({
    name: 'etl',
    dir,
    handler: 'index.handler',
    timeoutMs: more.timeoutMs ?? 60_000,
    env: { MINE: 'yes' },
    runtime: [process.execPath, ...programArgs('lambda-node-main', 'lambda-node')],
    log,
  });
  const invoke = async (event: object, name = 'etl') => {
    const { payload, isError } = await host.invoke(name, JSON.stringify(event));
    return { isError, said: JSON.parse(payload) as Record<string, unknown> };
  };
  return { host, invoke, log: () => readFile(log, 'utf8') };
}

test('a function answers in its own environment, and its process is kept for the next call', async (t) => {
  const { invoke, log } = await deployed(t);
  const first = await invoke({ say: 'hello' });
  t.false(first.isError);
  const name = 'etl';
  t.like(first.said, { calls: 1, name, id: 36, left: true, region: 'us-east-1', mine: 'yes', home: null });
  const arn = 'arn:aws:lambda:us-east-1:123456789012:function:etl:live';
  t.like((await invoke({}, arn)).said, { calls: 2, pid: first.said.pid });
  t.is(await log(), 'hello\n');
});

test('what a function throws is told under its name, and it lives on', async (t) => {
  const { invoke } = await deployed(t);
  const { isError, said } = await invoke({ throw: 'PYTHON_EXCEPTION' });
  t.true(isError);
  t.like(said, { errorType: 'PYTHON_EXCEPTION', errorMessage: 'because' });
  t.like((await invoke({})).said, { calls: 2 });
});

test('what a function does after its answer stands still until the next call', async (t) => {
  const { invoke } = await deployed(t);
  await invoke({});
  const { said } = await invoke({ later: true });
  t.is(said.calls, 2);
  const stat = await stateOf(Number(said.pid));
  t.is(stat, 'T', 'the process is stopped');
});

/** The process' state as Linux has it, once it is no more running. */
async function stateOf(pid: number): Promise<string> {
  for (let tries = 0; tries < 100; tries++) {
    const [, state = ''] = /\) (\w)/.exec(await readFile(`/proc/${pid}/stat`, 'utf8')) ?? [];
    if (state === 'T') return state;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return 'running';
}

test('a function that is killed in the midst of a call fails with Runtime.ExitError, and the next call has a new process', async (t) => {
  const { host, invoke } = await deployed(t);
  const first = await invoke({});
  const call = invoke({ hang: true });
  t.is(host.kill('etl'), 1);
  const { isError, said } = await call;
  t.true(isError);
  t.is(said.errorType, 'Runtime.ExitError');
  const next = await invoke({});
  t.like(next.said, { calls: 1 });
  t.not(next.said.pid, first.said.pid);
});

test('a function that ends by itself, cannot be loaded, or has no time left says so', async (t) => {
  const { invoke } = await deployed(t);
  t.like((await invoke({ exit: 3 })).said, {
    errorType: 'Runtime.ExitError',
    errorMessage: 'Error: Runtime exited with error: exit status 3',
  });
  const broken = await deployed(t, { code: 'throw new TypeError("no");' });
  t.like((await broken.invoke({})).said, { errorType: 'TypeError', errorMessage: 'no' });
  const slow = await deployed(t, { timeoutMs: 1_500 });
  const { said } = await slow.invoke({ hang: true });
  t.is(said.errorType, 'Sandbox.Timedout');
  t.regex(String(said.errorMessage), /Task timed out after 1\.50 seconds$/);
});

test('calls at once have a process each, and more than four are refused as Lambda does', async (t) => {
  const { host, invoke } = await deployed(t);
  const calls = [1, 2, 3, 4].map(() => invoke({ hang: true }));
  await t.throwsAsync(invoke({}), { message: 'Rate Exceeded.' });
  t.is(host.kill('etl'), 4);
  t.deepEqual(
    (await Promise.all(calls)).map(({ said }) => said.errorType),
    Array.from({ length: 4 }, () => 'Runtime.ExitError'),
  );
  await t.throwsAsync(invoke({}, 'other'), { message: 'Function not found: other' });
});

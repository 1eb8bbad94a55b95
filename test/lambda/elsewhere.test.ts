/** A word for a cluster means another one tonight: runs are asked about where they were started. */
import test from 'ava';
import {
  createCancelHandler,
  createDiagnoseHandler,
  createStatusHandler,
  createSubmitHandler,
  createWatchHandler,
  type HandlerOptions,
  type OpenServices,
  type RunAnswer,
} from '../../src/lambda/index.js';
import { ConfigError } from '../../src/core/index.js';
import { MemoryBackend, testLivywire } from '../../src/testing/index.js';
import { job, lambdaRig } from './rig.js';

const yesterday = 'emr://eu-west-1/j-YESTERDAY';

/** A run of yesterday's cluster, and functions that are set to tonight's. */
async function nextDay() {
  const rig = lambdaRig();
  const { clock, ledger } = rig;
  const old = new MemoryBackend({ clock, endpoint: yesterday, script: () => ({ outcome: 'failed', afterMs: 60_000 }) });
  const there = testLivywire({ clock, ledger, backend: old });
  const here = testLivywire({ clock, ledger, backend: rig.backend });
  const submit = createSubmitHandler({
    ...rig.options,
    open: async () => ({ runs: there, ledger, endpoint: yesterday, close: () => there.close() }),
  });
  const run = (await submit({ job, key: 'k' }, rig.context())) as RunAnswer;
  const asked: string[] = [];
  const options: HandlerOptions = {
    ...rig.options,
    open: async () => ({
      runs: here,
      ledger,
      endpoint: here.endpoint,
      elsewhere(endpoint) {
        asked.push(endpoint);
        return endpoint === yesterday ? Promise.resolve(there) : undefined;
      },
      close: () => here.close(),
    }),
  };
  return { ...rig, options, run, old, asked };
}

test('status asks the cluster that a run was started at', async (t) => {
  const { options, run, clock, ...rig } = await nextDay();
  const status = createStatusHandler(options);
  t.is((await status({ run }, rig.context())).status?.state, 'running');
  await clock.sleep(60_000);
  t.is((await status({ key: 'k' }, rig.context())).outcome?.kind, 'failed');
});

test('cancel stops it there', async (t) => {
  const { options, run, old, ...rig } = await nextDay();
  t.is((await createCancelHandler(options)({ run }, rig.context())).outcome?.kind, 'cancelled');
  t.true(old.requests.some((request) => request.startsWith('DELETE')));
});

test('diagnose reads its log there', async (t) => {
  const { options, run, clock, ...rig } = await nextDay();
  await clock.sleep(60_000);
  t.truthy((await createDiagnoseHandler(options)({ run }, rig.context())).diagnosis);
});

test('the watcher follows runs of several clusters', async (t) => {
  const { options, ...rig } = await nextDay();
  await createSubmitHandler(options)({ job, key: 'tonight' }, rig.context());
  t.like(await createWatchHandler(options)({}, rig.context(300)), { followed: 2, ended: { failed: 1, succeeded: 1 } });
});

test('an address that only a ref names is not asked', async (t) => {
  const { options, run, backend, ...rig } = await nextDay();
  const strange = { ...run, ref: { ...run.ref, endpoint: 'http://10.0.0.1:8998' } } as RunAnswer;
  const answer = await createStatusHandler(options)({ run: strange }, rig.context());
  t.is(answer.next, 'status');
  t.is(backend.applications(run.ref?.name ?? ''), 0);
});

test('the end of a run that ended with its cluster is concluded, though nobody can submit there any more', async (t) => {
  const { options, run, clock, ...rig } = await nextDay();
  await clock.sleep(60_000);
  const seen = await createStatusHandler(options)({ run }, rig.context());
  t.is(seen.next, 'submit');
  const gone: HandlerOptions = {
    ...options,
    open: async (wishes) => {
      if (wishes.starts) throw new ConfigError('no active cluster is called nightly');
      return (options.open as OpenServices)(wishes);
    },
  };
  // Its cluster is gone, and tonight's is another: both conclude.
  for (const at of [gone, options]) {
    const submit = createSubmitHandler(at);
    const error = await t.throwsAsync(submit({ job, key: 'k', run: seen }, rig.context()));
    t.is(error.name, String(seen.outcome?.diagnosis?.code));
  }
  // A redrive needs a cluster.
  const execution = { arn: 'a', state: 's', redriveCount: 1 };
  const redrive = createSubmitHandler(gone)({ job, key: 'k', execution, run: seen }, rig.context());
  await t.throwsAsync(redrive, { name: 'ConfigError', message: /no active cluster/ });
});

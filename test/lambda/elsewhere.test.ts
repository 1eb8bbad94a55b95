/** A word for a cluster means another one tonight: runs are asked about where they were started. */
import test from 'ava';
import {
  createCancelHandler,
  createDiagnoseHandler,
  createStatusHandler,
  createSubmitHandler,
  createWatchHandler,
  type HandlerOptions,
  type RunAnswer,
} from '../../src/lambda/index.js';
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
  const { options, run, context, clock } = await nextDay();
  const status = createStatusHandler(options);
  t.is((await status({ run }, context())).status?.state, 'running');
  await clock.sleep(60_000);
  t.is((await status({ key: 'k' }, context())).outcome?.kind, 'failed');
});

test('cancel stops it there', async (t) => {
  const { options, run, context, old } = await nextDay();
  t.is((await createCancelHandler(options)({ run }, context())).outcome?.kind, 'cancelled');
  t.true(old.requests.some((request) => request.startsWith('DELETE')));
});

test('diagnose reads its log there', async (t) => {
  const { options, run, context, clock } = await nextDay();
  await clock.sleep(60_000);
  t.truthy((await createDiagnoseHandler(options)({ run }, context())).diagnosis);
});

test('the watcher follows runs of several clusters', async (t) => {
  const { options, context } = await nextDay();
  await createSubmitHandler(options)({ job, key: 'tonight' }, context());
  t.like(await createWatchHandler(options)({}, context(300)), { followed: 2, ended: { failed: 1, succeeded: 1 } });
});

test('an address that only a ref names is not asked', async (t) => {
  const { options, run, context, backend } = await nextDay();
  const strange = { ...run, ref: { ...run.ref, endpoint: 'http://10.0.0.1:8998' } } as RunAnswer;
  const answer = await createStatusHandler(options)({ run: strange }, context());
  t.is(answer.next, 'status');
  t.is(backend.applications(run.ref?.name ?? ''), 0);
});

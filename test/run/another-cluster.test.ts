import test from 'ava';
import {
  type AttemptPlan,
  type Ledger,
  type OutcomeSource,
  type RunRef,
  type RunStatus,
  type StartAnswer,
  UnreachableError,
} from '../../src/core/index.js';
import { memoryLedger } from '../../src/run/index.js';
import { rig } from '../helpers/engine.js';
import { type Said, StubBackend } from '../helpers/stub-backend.js';

const spec = { file: 's3://jobs/etl.py' };
const [OLD, NEW] = ['emr://eu-west-1/j-OLD', 'emr://eu-west-1/j-NEW'];

/** A Livy that takes every job. */
class Taking extends StubBackend {
  override async start(plan: AttemptPlan): Promise<StartAnswer> {
    await super.start(plan);
    return { kind: 'started', status: { raw: 'starting', state: 'waiting', source: 'livy', links: {}, id: '7', name: plan.name } }; // prettier-ignore
  }
}

/** EMR's word on clusters. */
const emr = (ended: readonly string[]): OutcomeSource => ({
  source: 'emr',
  settles: (endpoint) => endpoint.startsWith('emr://'),
  status: async ({ endpoint }: RunRef): Promise<RunStatus | undefined> =>
    ended.includes(endpoint)
      ? { raw: 'TERMINATED', state: 'failed', source: 'emr', links: {}, message: `Cluster ${endpoint} is TERMINATED` }
      : undefined,
});

const on = (endpoint: string, ledger: Ledger, ended: readonly string[], said: readonly Said[] = [undefined]) => {
  const backend = new Taking(said, endpoint);
  return { backend, engine: rig({ backend, ledger, sources: [emr(ended)] }).engine };
};

test('a new attempt may go to another cluster once the one before it is terminated, and its end is written down', async (t) => {
  const ledger = memoryLedger();
  await on(OLD, ledger, []).engine.submit(spec, { key: 'k' });
  const next = on(NEW, ledger, [OLD]);
  const run = await next.engine.submit(spec, { key: 'k', retryOf: 'failed' });
  t.is(run.ref.attempt, 2);
  t.is(run.ref.endpoint, NEW);
  const [first] = (await ledger.get('k'))?.record.attempts ?? [];
  t.is(first?.outcome?.kind, 'failed');
  if (first?.outcome?.kind === 'failed') t.is(first.outcome.diagnosis.code, 'CLUSTER_TERMINATED');
});

test('while its cluster may still run it, nothing is started elsewhere', async (t) => {
  const ledger = memoryLedger();
  await on(OLD, ledger, []).engine.submit(spec, { key: 'k' });
  const next = on(NEW, ledger, []);
  await t.throwsAsync(next.engine.submit(spec, { key: 'k', retryOf: 'failed' }), { name: 'KeyConflictError' });
  t.false(next.backend.requests.some((line) => line.startsWith('POST')));
});

test('what was lost on a cluster may be started elsewhere when that cluster has ended, and not before', async (t) => {
  const ledger = memoryLedger();
  const first = on(OLD, ledger, []);
  const run = await first.engine.submit(spec, { key: 'k' });
  t.is((await run.wait()).kind, 'lost');
  await t.throwsAsync(on(NEW, ledger, []).engine.submit(spec, { key: 'k', retryOf: 'lost' }), { name: 'KeyConflictError' }); // prettier-ignore
  const again = await on(NEW, ledger, [OLD]).engine.submit(spec, { key: 'k', retryOf: 'lost' });
  t.is(again.ref.attempt, 2);
});

test('what was never sent does not end with its cluster: its key is taken up on the next one', async (t) => {
  const ledger = memoryLedger();
  const backend = new StubBackend([undefined], OLD);
  backend.start = async () => ({ kind: 'unsent', error: new UnreachableError('Livy refused the connection', 'no') });
  await t.throwsAsync(rig({ backend, ledger }).engine.submit(spec, { key: 'k' }), { instanceOf: UnreachableError });

  const found = await on(OLD, ledger, [OLD]).engine.find('k');
  await t.throwsAsync(found.status(), { name: 'RunUnsentError' });
  const run = await on(NEW, ledger, [OLD]).engine.submit(spec, { key: 'k' });
  t.is(run.how, 'started');
  t.is(run.ref.attempt, 1);
  t.is(run.ref.endpoint, NEW);
});

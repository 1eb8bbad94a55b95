import { randomBytes } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import {
  type AttemptPlan,
  type Backend,
  type Clock,
  isFinal,
  type Ledger,
  type LogSource,
  type RunStatus,
} from '../../src/core/index.js';
import { memoryLedger } from '../../src/run/index.js';
import { attemptOf, rig } from './engine.js';
import { readerOf } from './log-readers.js';

/** One server that runs jobs, as the contract needs it. */
export interface BackendWorld {
  readonly clock: Clock;
  /** The backend, as another process would open it. */
  open(): Backend & Partial<LogSource>;
  /** How many jobs the server ever took under this name. */
  taken(name: string): number;
  /** The next request to start something fails so. */
  failNext(how: 'reply-lost' | 'request-lost' | 'busy'): void;
  /** What the server's stand-in for Spark has to be told. @defaultValue nothing */
  readonly args?: readonly string[];
  /** Lets the job under this name end so, and waits until the server knows. */
  end(name: string, how: 'succeeded' | 'failed'): Promise<void>;
}

/** Another one for each test: a server that several tests share takes a name once. */
function newPlan(args: readonly string[] = []): AttemptPlan {
  const name = `livywire-${randomBytes(16).toString('hex')}-a1`;
  return {
    spec: { file: 's3://jobs/etl.py', args: ['2026-11-01', ...args], conf: { 'spark.yarn.tags': 'mine' } },
    name,
    tags: [name, `livywire-spec-${'0'.repeat(32)}`],
  };
}

/** The same namespace with nothing in it: a ledger that was restored from a backup. */
const forgetful = (ledger: Ledger): Ledger => {
  const empty = memoryLedger();
  return {
    namespace: () => ledger.namespace(),
    get: (key) => empty.get(key),
    create: (record) => empty.create(record),
    update: (record, version) => empty.update(record, version),
    list: (options) => empty.list(options),
  };
};

/** What every backend promises, as tests. */
export function backendContract(
  what: string,
  newWorld: (t: ExecutionContext) => Promise<BackendWorld> | BackendWorld,
): void {
  const promise = (
    sentence: string,
    body: (t: ExecutionContext, world: BackendWorld, plan: AttemptPlan) => Promise<void>,
  ) =>
    test(`${what}: ${sentence}`, async (t) => {
      const world = await newWorld(t);
      await body(t, world, newPlan(world.args));
    });
  const engineOver = (world: BackendWorld, ledger: Ledger = memoryLedger()) => {
    const { clock } = world;
    const backend = world.open();
    const logs = Object.assign(backend, { open: () => readerOf(async () => []) });
    return { ...rig({ backend: logs, clock, ledger }), ledger };
  };

  promise('what is started is there by its name and by its ref, and goes on', async (t, world, plan) => {
    const backend = world.open();
    t.is(await backend.find(plan.name), undefined);
    backend.check(plan.spec);
    const answer = await backend.start(plan);
    if (answer.kind !== 'started') return t.fail(`it answered ${answer.kind}`);
    const { id } = answer.status;
    t.not(id, undefined);
    const ref = { v: 1, key: 'k', attempt: 1, backend: backend.kind, endpoint: backend.endpoint } as const;
    const byRef = await backend.status({ ...ref, name: plan.name, ...answer.status, createdAt: '' });
    const byName = await world.open().find(plan.name);
    for (const seen of [answer.status, byRef, byName]) {
      t.is(seen?.id, id);
      t.false(isFinal(seen as RunStatus));
      t.is(seen?.name, plan.name);
    }
    t.is(world.taken(plan.name), 1);
  });

  promise('a ref whose id belongs to another name has no record', async (t, world, plan) => {
    const backend = world.open();
    const answer = await backend.start(plan);
    if (answer.kind !== 'started') return t.fail(`it answered ${answer.kind}`);
    const other = {
      v: 1,
      key: 'k',
      attempt: 1,
      backend: backend.kind,
      endpoint: backend.endpoint,
      name: `livywire-${'0c'.repeat(16)}-a1`,
      ...(answer.status.id !== undefined && { id: answer.status.id }),
      createdAt: '',
    } as const;
    t.is(await backend.status(other), undefined);
    t.is(await backend.stop(other), 'no-record');
    t.is((await backend.find(plan.name))?.id, answer.status.id);
  });

  promise('the request can be shown as JSON, and carries the caller’s tags and ours', (t, world, plan) => {
    const text = JSON.stringify(world.open().request(plan));
    for (const word of [plan.name, ...plan.tags, 'mine', 's3://jobs/etl.py', '2026-11-01']) t.true(text.includes(word));
    return Promise.resolve();
  });

  promise('the same key again is the same run, and one job', async (t, world, plan) => {
    const { engine, ledger } = engineOver(world);
    const first = await engine.submit(plan.spec, { key: 'k' });
    const second = await engineOver(world, ledger).engine.submit(plan.spec, { key: 'k' });
    t.is(first.how, 'started');
    t.is(second.how, 'adopted');
    t.is(second.ref.id, first.ref.id);
    t.is(world.taken(first.ref.name), 1);
  });

  promise('a ledger that forgot finds the job at the server, and starts no second one', async (t, world, plan) => {
    const { engine, ledger } = engineOver(world);
    const first = await engine.submit(plan.spec, { key: 'k' });
    const second = await engineOver(world, forgetful(ledger)).engine.submit(plan.spec, { key: 'k' });
    t.is(second.ref.name, first.ref.name);
    t.is(second.ref.id, first.ref.id);
    t.is(world.taken(first.ref.name), 1);
  });

  promise('a lost reply is settled: one job, and its id is known', async (t, world, plan) => {
    const { engine, ledger } = engineOver(world);
    world.failNext('reply-lost');
    const run = await engine.submit(plan.spec, { key: 'k' });
    t.is(world.taken(run.ref.name), 1);
    t.not(run.ref.id, undefined);
    t.is((await attemptOf(ledger, 'k')).phase, 'started');
  });

  promise('a lost request is sent again, once it is certain that it was lost', async (t, world, plan) => {
    const { engine } = engineOver(world);
    world.failNext('request-lost');
    const run = await engine.submit(plan.spec, { key: 'k' });
    t.is(world.taken(run.ref.name), 1);
  });

  promise('a server that is too busy is asked again later', async (t, world, plan) => {
    const { engine } = engineOver(world);
    world.failNext('busy');
    const run = await engine.submit(plan.spec, { key: 'k' });
    t.is(run.how, 'started');
    t.is(world.taken(run.ref.name), 1);
  });

  for (const how of ['succeeded', 'failed'] as const) {
    promise(`another process learns that it has ${how}`, async (t, world, plan) => {
      const { engine, ledger } = engineOver(world);
      const { ref } = await engine.submit(plan.spec, { key: 'k' });
      await world.end(ref.name, how);
      const run = await engineOver(world, ledger).engine.find('k');
      t.is((await run.wait()).kind, how);
    });
  }

  promise('what is stopped ends as cancelled, by us', async (t, world, plan) => {
    const { engine, ledger } = engineOver(world);
    await engine.submit(plan.spec, { key: 'k' });
    const run = await engineOver(world, ledger).engine.find('k');
    // The clock runs faster than the machine, which may be busy: the usual three minutes would be a second.
    const outcome = await run.cancel({ timeoutMs: 3_600_000 });
    t.is(outcome.kind, 'cancelled');
    t.is(outcome.kind === 'cancelled' ? outcome.by : undefined, 'livywire');
  });

  promise('what has ended is not stopped', async (t, world, plan) => {
    const backend = world.open();
    const answer = await backend.start(plan);
    if (answer.kind !== 'started') return t.fail(`it answered ${answer.kind}`);
    await world.end(plan.name, 'succeeded');
    const ref = { v: 1, key: 'k', attempt: 1, backend: backend.kind, endpoint: backend.endpoint } as const;
    t.is(await world.open().stop({ ...ref, name: plan.name, ...answer.status, createdAt: '' }), 'ended');
  });

  promise('a caller who gives up is not kept', async (t, world, plan) => {
    const why = new Error('enough');
    const gone = AbortSignal.abort(why);
    await t.throwsAsync(world.open().find(plan.name, { signal: gone }), { is: why });
  });
}

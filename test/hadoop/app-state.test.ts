import test from 'ava';
import { type AppReport, isFinal } from '../../src/core/index.js';
import { YarnRegistry } from '../../src/hadoop/index.js';
import { type Reply, recorded, resourceManager } from './recorded.js';

const ID = 'application_1795397285523_0006';

/** A real answer with other words in it, for pairs that pass too quickly to be recorded, or that no YARN of ours gives. */
function saying(name: string, change: Readonly<Record<string, unknown>>): Reply {
  const reply = recorded(name);
  const { app } = JSON.parse(reply.body) as { app: Record<string, unknown> };
  return { ...reply, body: JSON.stringify({ app: { ...app, ...change } }) };
}

// docs/states.md has the same rows in words.
const rows: readonly (readonly [string, Reply | string, AppReport['state'], unclear?: RegExp])[] = [
  ['NEW', saying('app-submitted-undefined', { state: 'NEW' }), 'waiting'],
  ['NEW_SAVING', 'app-new_saving-undefined', 'waiting'],
  ['SUBMITTED', 'app-submitted-undefined', 'waiting'],
  ['ACCEPTED', 'app-accepted-undefined', 'waiting'],
  ['RUNNING', 'app-running-undefined', 'running'],
  ['RUNNING/SUCCEEDED', 'spark-succeeds-running-succeeded', 'running'],
  ['RUNNING/FAILED', saying('app-running-undefined', { finalStatus: 'FAILED' }), 'running'],
  ['RUNNING/KILLED', 'app-running-killed', 'running'],
  ['KILLING', saying('app-running-undefined', { state: 'KILLING' }), 'running'],
  ['FINISHING/SUCCEEDED', saying('app-running-undefined', { state: 'FINISHING', finalStatus: 'SUCCEEDED' }), 'running'],
  ['FINAL_SAVING', saying('app-running-undefined', { state: 'FINAL_SAVING' }), 'running'],
  ['FINISHED/SUCCEEDED', 'app-finished-succeeded', 'succeeded'],
  ['FINISHED/SUCCEEDED', 'spark-succeeds-finished-succeeded', 'succeeded'],
  ['FINISHED/FAILED', 'app-finished-failed', 'failed'],
  ['FINISHED/FAILED', 'spark-fails-finished-failed', 'failed'],
  ['FINISHED/KILLED', 'app-finished-killed', 'cancelled'],
  ['FINISHED/UNDEFINED', 'app-finished-undefined', 'unknown', /left with the final status UNDEFINED/],
  ['FINISHED/ENDED', saying('app-finished-succeeded', { finalStatus: 'ENDED' }), 'unknown', /final status ENDED/],
  ['FAILED/FAILED', 'app-crash-failed-failed', 'failed'],
  ['KILLED/KILLED while waiting', 'app-killed-while-waiting', 'cancelled'],
  ['KILLED/KILLED', 'app-killed', 'cancelled'],
  ['DREAMING, which nobody has seen', saying('app-running-undefined', { state: 'DREAMING' }), 'unknown'],
];
for (const [i, [words, answer, state, unclear]] of rows.entries()) {
  test(`YARN's ${words} is read as ${state} (row ${i + 1})`, async (t) => {
    const { http } = await resourceManager(t, { app: answer });
    const app = await new YarnRegistry({ http }).byId(ID);
    t.is(app?.state, state);
    if (unclear) t.regex(app?.unclear ?? '', unclear);
    else t.is(app?.unclear, undefined);
  });
}

test('client mode: SUCCEEDED of a driver that failed is not taken for its success', async (t) => {
  const { http } = await resourceManager(t, { tag: 'spark-client-mode-fails' });
  const found = await new YarnRegistry({ http }).byTag('spark-client');
  if (found.kind !== 'found') return t.fail(found.kind);
  const [app] = found.apps;
  t.is(app?.raw, 'FINISHED');
  t.is(app?.finalStatus, 'SUCCEEDED');
  t.is(app?.state, 'unknown');
  t.regex(app?.unclear ?? '', /client mode/);
  t.false(isFinal({ state: app?.state ?? 'succeeded' }));
});

test('after a restart of the ResourceManager a recovered success is still one', async (t) => {
  const { http } = await resourceManager(t, { app: 'restarted-app' });
  const app = await new YarnRegistry({ http }).byId(ID);
  t.is(app?.state, 'succeeded'); // though its driver's address was forgotten, as in client mode
});

test('an application that is not Spark is never taken for one in client mode', async (t) => {
  const { http } = await resourceManager(t, { app: 'app-killed' });
  t.is((await new YarnRegistry({ http }).byId(ID))?.unclear, undefined);
});

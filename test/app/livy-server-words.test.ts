import test from 'ava';
import { livyServerWords } from '../../src/app/livy-server-words.js';
import type { ServerLogFile } from '../../src/aws/index.js';
import type { Diagnosis } from '../../src/core/index.js';
import { diagnose } from '../../src/diagnosis/index.js';
import { testClock } from '../../src/testing/index.js';
import { recordFor, refFor, rig } from '../helpers/engine.js';
import { StubBackend } from '../helpers/stub-backend.js';

// As Livy 0.7.1 wrote it of a batch whose spark-submit was killed right after its start.
const recorded = (name: string): string[] => [
  `2026-11-23 14:44:07,159 INFO BatchSession$: Creating batch session 3: [owner: null, request: [proxyUser: None, file: s3://b/j.py, name: ${name}]]`,
  '2026-11-23 14:44:07,160 INFO BatchSessionManager: Registering new session 3',
  '2026-11-23 14:44:07,999 WARN BatchSession$: spark-submit exited with code 137',
  '2026-11-23 14:44:08,219 ERROR SparkYarnApp: Error whiling refreshing YARN state',
  'java.lang.IllegalStateException: spark-submit start failed',
  '\tat org.apache.livy.utils.SparkYarnApp.org$apache$livy$utils$SparkYarnApp$$getAppIdFromTag(SparkYarnApp.scala:192)',
];

/** Copies come to S3 after so long. */
function world({ copiedAfterMs, tail = [] }: { readonly copiedAfterMs: number; readonly tail?: readonly string[] }) {
  const clock = testClock({ start: new Date('2026-11-23T14:44:07Z') });
  const ref = refFor(clock);
  const start = clock.now();
  const warnings: string[] = [];
  let [looks, reads] = [0, 0];
  const livyServerLogs = async (): Promise<readonly ServerLogFile[]> => {
    looks++;
    const isThere = clock.now() - start >= copiedAfterMs;
    const lines = isThere ? recorded(ref.name) : recorded(ref.name).slice(0, 2);
    return [{ place: 's3://logs/j-1/node/i-1/applications/livy/livy-livy-server.out.gz', modifiedMs: start + (isThere ? copiedAfterMs : 0), lines: async function* () { reads++; yield* lines; } }]; // prettier-ignore
  };
  const logger = { debug: () => undefined, info: () => undefined, warn: (text: string) => void warnings.push(text) };
  const serverWords = livyServerWords({
    aws: async () => ({ room: { livyServerLogs }, clients: {} }) as never,
    folders: ['s3://logs/j-1'],
    clock,
    logger,
  });
  const backend = new StubBackend([
    { raw: 'dead', state: 'failed', source: 'livy', links: {}, message: 'spark-submit start failed' },
  ]);
  backend.onLog = async () => tail.map((text) => ({ type: 'line', stream: 'stderr', text, source: 'livy' }));
  return {
    ...rig({ backend, clock, serverWords, diagnose }),
    ref,
    clock,
    warnings,
    looks: () => looks,
    reads: () => reads,
  };
}

async function reasonOf({ engine, ledger, ref }: ReturnType<typeof world>): Promise<Diagnosis | undefined> {
  await ledger.create(recordFor(ref, { phase: 'started' }));
  const outcome = await engine.attach(ref).wait();
  return outcome.kind === 'failed' ? outcome.diagnosis : undefined;
}

test('why a batch without a log failed is found in the log of Livy’s server', async (t) => {
  const one = world({ copiedAfterMs: 0 });
  const diagnosis = await reasonOf(one);
  t.is(diagnosis?.title, 'It ended as dead: spark-submit exited with code 137');
  t.true(diagnosis?.lines.some(({ source, text }) => source === 'livy-server' && text.includes('code 137')));
  t.regex(
    diagnosis?.next.join('\n') ?? '',
    /^Code 137 is SIGKILL: .*\nRead what Livy wrote about it: livywire logs --livy-server$/,
  );
  t.is(one.looks(), 1);
  t.deepEqual(one.warnings, []);
});

test('a copy from before it failed is not all: the next one is waited for, and that is said', async (t) => {
  const one = world({ copiedAfterMs: 240_000 });
  t.regex((await reasonOf(one))?.title ?? '', /exited with code 137/);
  t.is(one.warnings.filter((text) => text.includes('EMR copies to S3')).length, 1);
  // Looked for again and again, and each copy is read once.
  t.true(one.looks() > 2);
  t.is(one.reads(), 2);
});

test('where no copy comes, the wait ends, and nothing is made up', async (t) => {
  const one = world({ copiedAfterMs: 86_400_000 });
  const begun = one.clock.now();
  const diagnosis = await reasonOf(one);
  t.is(diagnosis?.title, 'It ended as dead: spark-submit start failed');
  t.true(one.clock.now() - begun < 600_000);
});

test('a batch that has a log of its own is explained by that', async (t) => {
  const one = world({ copiedAfterMs: 0, tail: ['Exception in thread "main" java.lang.OutOfMemoryError: x'] });
  t.false((await reasonOf(one))?.title.includes('137'));
  t.is(one.looks(), 0);
});

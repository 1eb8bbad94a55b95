import test from 'ava';
import { memoryLedger, testClock, testLivywire } from '../../src/testing/index.js';
import { Connection } from '../../src/lambda/connection.js';
import type { Services, Wishes } from '../../src/lambda/services.js';

const wishes: Wishes = {
  starts: false,
  withinMs: 1_000,
  signal: new AbortController().signal,
  logger: { debug: () => undefined, info: () => undefined, warn: () => undefined },
};

function counted(holdsMs?: number) {
  const clock = testClock({ auto: false });
  const counts = { opened: 0, closed: 0 };
  let fails = false;
  const open = async (): Promise<Services> => {
    counts.opened += 1;
    if (fails) throw new Error('no');
    return {
      runs: testLivywire({ clock }),
      ledger: memoryLedger(),
      close: async () => void (counts.closed += 1),
      ...(holdsMs !== undefined && { holdsMs }),
    };
  };
  return { clock, counts, connection: new Connection(open, clock), fail: (now: boolean) => (fails = now) };
}

test('all who ask at once get the same services, opened once', async (t) => {
  const { connection, counts } = counted();
  const all = await Promise.all(Array.from({ length: 5 }, () => connection.services(wishes)));
  t.is(new Set(all).size, 1);
  t.deepEqual(counts, { opened: 1, closed: 0 });
});

test('a word for a cluster is asked for again after its time, by one of those who ask at once', async (t) => {
  const { connection, counts, clock } = counted(600_000);
  await connection.services(wishes);
  await clock.advance(599_000);
  await connection.services(wishes);
  t.is(counts.opened, 1);
  await clock.advance(2_000);
  const all = await Promise.all(Array.from({ length: 5 }, () => connection.services(wishes)));
  t.is(new Set(all).size, 1);
  t.deepEqual(counts, { opened: 2, closed: 1 });
});

test('what could not be opened is opened by the next call', async (t) => {
  const { connection, counts, fail } = counted();
  fail(true);
  await t.throwsAsync(connection.services(wishes));
  fail(false);
  await connection.services(wishes);
  t.is(counts.opened, 2);
});

test('services are dropped after an outage and a refusal, and kept after a mistake of the caller', async (t) => {
  const { connection, counts } = counted();
  const { ConfigError, UnreachableError } = await import('../../src/core/index.js');
  await connection.services(wishes);
  await connection.dropAfter(new ConfigError('no'));
  t.is(counts.closed, 0);
  await connection.dropAfter(new UnreachableError('no', 'no'));
  t.is(counts.closed, 1);
});

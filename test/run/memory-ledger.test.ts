import test from 'ava';
import { LedgerConflictError, type RunRecord } from '../../src/core/index.js';
import { memoryLedger } from '../../src/run/index.js';
import { recordFor, refFor } from '../helpers/engine.js';

const record = (key: string, createdAt = '2026-01-01T00:00:00.000Z'): RunRecord => ({
  ...recordFor(refFor({ now: () => 0, sleep: async () => undefined }, { key })),
  createdAt,
});
const keysOf = async (list: AsyncIterable<RunRecord>): Promise<string[]> => {
  const keys: string[] = [];
  for await (const { key } of list) keys.push(key);
  return keys;
};

test('a key is created once, and an update must name the latest version', async (t) => {
  const ledger = memoryLedger();
  const { version } = await ledger.create(record('k'));
  await t.throwsAsync(ledger.create(record('k')), { instanceOf: LedgerConflictError });
  await ledger.update(record('k'), version);
  await t.throwsAsync(ledger.update(record('k'), version), { instanceOf: LedgerConflictError });
  await t.throwsAsync(ledger.update(record('other'), '1'), { instanceOf: LedgerConflictError });
});

test('what a reader does with a record does not change the ledger', async (t) => {
  const ledger = memoryLedger();
  await ledger.create(record('k'));
  const entry = await ledger.get('k');
  (entry!.record.attempts as unknown[]).pop();
  t.is((await ledger.get('k'))?.record.attempts.length, 1);
});

test('two ledgers are two namespaces, unless one is given', async (t) => {
  t.not(await memoryLedger().namespace(), await memoryLedger().namespace());
  t.is(await memoryLedger({ namespace: 'n' }).namespace(), 'n');
});

test('the list is newest first, from a day on, and as long as asked', async (t) => {
  const ledger = memoryLedger();
  for (const day of [2, 3, 1]) await ledger.create(record(`d${day}`, `2026-01-0${day}T00:00:00.000Z`));
  t.deepEqual(await keysOf(ledger.list()), ['d3', 'd2', 'd1']);
  t.deepEqual(await keysOf(ledger.list({ limit: 1 })), ['d3']);
  t.deepEqual(await keysOf(ledger.list({ since: new Date('2026-01-02T00:00:00Z') })), ['d3', 'd2']);
});

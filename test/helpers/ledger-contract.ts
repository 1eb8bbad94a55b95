import test, { type ExecutionContext } from 'ava';
import { type Ledger, LedgerConflictError, openRecords, type RunRecord } from '../../src/core/index.js';

/** One store: every call opens the ledger in it anew, as another process would. */
export type LedgerStore = () => Ledger;

export const recordOf = (key: string, createdAt = '2026-01-01T00:00:00.000Z'): RunRecord => ({
  v: 1,
  key,
  specHash: 'x',
  spec: { file: 's3://b/j.py' },
  createdAt,
  updatedAt: createdAt,
  attempts: [
    { attempt: 1, name: 'n', phase: 'claimed', createdAt, backend: 'livy', endpoint: 'http://livy', posts: [] },
  ],
});

export async function keysOf(list: AsyncIterable<{ readonly key: string }>): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of list) keys.push(key);
  return keys;
}

type Attempt = RunRecord['attempts'][number];

/** The attempt, ended at a time; `why` it failed is still to be read where `unfinished`. */
export const endedAttempt = (
  attempt: Attempt,
  { key = 'k', at = '2026-01-01T00:00:09.000Z', isExplained = true } = {},
): Attempt => {
  const { createdAt, backend, endpoint, name } = attempt;
  const ref = { v: 1, key, attempt: attempt.attempt, backend, endpoint, name, createdAt } as const;
  const diagnosis = { code: 'UNKNOWN', title: 'It ended as dead', transient: false, lines: [], next: [] };
  return {
    ...attempt,
    phase: 'ended',
    outcome: { v: 1, kind: 'failed', ref, evidence: [], links: {}, knownAt: at, diagnosis },
    ...(!isExplained && { unfinished: { raw: 'dead', state: 'failed', source: 'livy', links: {} } }),
  };
};

/** The record with another attempt, made at a time. */
export const triedAgain = (record: RunRecord, at: string): RunRecord => {
  const last = record.attempts.at(-1)!;
  const { outcome: _o, unfinished: _u, ...rest } = last;
  const next: Attempt = { ...rest, attempt: last.attempt + 1, phase: 'claimed', createdAt: at };
  return { ...record, updatedAt: at, attempts: [...record.attempts, next] };
};

/** What is left open, as reap asks for it. */
const openIn = async (ledger: Ledger): Promise<string[]> => {
  const keys: string[] = [];
  for await (const record of openRecords(ledger)) keys.push(record.key);
  return keys;
};

/** What every ledger promises, as tests. `newStore` gives an empty one; `undefined` where it cannot be had here, which is said. */
export function ledgerContract(
  where: string,
  newStore: (t: ExecutionContext) => Promise<LedgerStore | undefined> | LedgerStore,
): void {
  const promise = (sentence: string, body: (t: ExecutionContext, open: LedgerStore) => Promise<void>) =>
    test(`${where}: ${sentence}`, async (t) => {
      const open = await newStore(t);
      if (open) await body(t, open);
      else t.pass(`skipped: ${where} is not here`);
    });

  promise('of the beats of a watcher the last one is read, and none before there was one', async (t, open) => {
    const [one, other] = [open(), open()];
    if (!one.beat) return void t.pass(`skipped: ${where} keeps none`);
    t.is(await one.lastBeat?.(), undefined);
    await one.beat({ v: 1, at: '2026-01-01T00:00:00.000Z', open: 1 });
    const last = { v: 1, at: '2026-01-01T00:01:00.000Z', open: 2, by: 'arn:aws:lambda:x' } as const;
    await one.beat(last);
    t.deepEqual(await other.lastBeat?.(), last);
  });

  promise('what is created and updated is what another reader gets', async (t, open) => {
    const [writer, reader] = [open(), open()];
    t.is(await reader.get('k'), undefined);
    const { version } = await writer.create(recordOf('k'));
    t.deepEqual((await reader.get('k'))?.record, recordOf('k'));
    t.is((await reader.get('k'))?.version, version);
    const changed = { ...recordOf('k'), updatedAt: '2026-02-01T00:00:00.000Z' };
    await writer.update(changed, version);
    t.deepEqual((await reader.get('k'))?.record, changed);
  });

  promise('a key may be any text', async (t, open) => {
    const ledger = open();
    const keys = ['../../etc/passwd', 'a/b', 'ä 😀', '.', 'x'.repeat(1_000)];
    for (const key of keys) {
      await ledger.create(recordOf(key));
      t.is((await ledger.get(key))?.record.key, key);
    }
    t.deepEqual((await keysOf(open().list())).sort(), [...keys].sort());
  });

  promise('of twenty who create a key at once, one wins', async (t, open) => {
    const all = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) => open().create({ ...recordOf('k'), specHash: `${i}` })),
    );
    t.is(all.filter(({ status }) => status === 'fulfilled').length, 1);
    t.true(all.every((one) => one.status === 'fulfilled' || one.reason instanceof LedgerConflictError));
    const winner = all.findIndex(({ status }) => status === 'fulfilled');
    t.is((await open().get('k'))?.record.specHash, `${winner}`);
  });

  promise('an update that names an old version is a conflict, and changes nothing', async (t, open) => {
    const ledger = open();
    const { version } = await ledger.create(recordOf('k'));
    await ledger.update({ ...recordOf('k'), specHash: 'second' }, version);
    await t.throwsAsync(open().update({ ...recordOf('k'), specHash: 'late' }, version), {
      instanceOf: LedgerConflictError,
    });
    t.is((await ledger.get('k'))?.record.specHash, 'second');
  });

  promise('an old version is a conflict even if every write in between wrote the same', async (t, open) => {
    const ledger = open();
    const { version } = await ledger.create(recordOf('k'));
    await ledger.update(recordOf('k'), version);
    await t.throwsAsync(ledger.update(recordOf('k'), version), { instanceOf: LedgerConflictError });
    await t.throwsAsync(ledger.create(recordOf('k')), { instanceOf: LedgerConflictError });
  });

  promise('twenty who add to one record at once lose no word and add none twice', async (t, open) => {
    await open().create(recordOf('k'));
    const add = async (word: string) => {
      const ledger = open();
      for (;;) {
        const entry = await ledger.get('k');
        if (!entry) throw new Error('the record is gone');
        const { record, version } = entry;
        const words = record.spec.args ?? [];
        if (words.includes(word)) return;
        try {
          await ledger.update({ ...record, spec: { ...record.spec, args: [...words, word] } }, version);
        } catch (error) {
          if (!(error instanceof LedgerConflictError)) throw error;
        }
      }
    };
    await Promise.all(Array.from({ length: 20 }, (_, i) => add(`${i}`)));
    const words = (await open().get('k'))?.record.spec.args ?? [];
    t.is(words.length, 20);
    t.is(new Set(words).size, 20);
  });

  promise('many who open a new ledger at once agree on its namespace, and it stays', async (t, open) => {
    const names = await Promise.all(Array.from({ length: 20 }, () => open().namespace()));
    t.is(new Set(names).size, 1);
    t.is(await open().namespace(), names[0]!);
  });

  promise('what a reader does with a record does not change the ledger', async (t, open) => {
    const ledger = open();
    await ledger.create(recordOf('k'));
    const entry = await ledger.get('k');
    (entry!.record.attempts as unknown[]).pop();
    t.is((await ledger.get('k'))?.record.attempts.length, 1);
  });

  promise('the list is newest first, from a day on, and as long as asked', async (t, open) => {
    const ledger = open();
    t.deepEqual(await keysOf(ledger.list()), []);
    for (const day of [3, 1, 5, 2, 4]) await ledger.create(recordOf(`d${day}`, `2026-01-0${day}T00:00:00.000Z`));
    t.deepEqual(await keysOf(ledger.list()), ['d5', 'd4', 'd3', 'd2', 'd1']);
    t.deepEqual(await keysOf(ledger.list({ limit: 2 })), ['d5', 'd4']);
    t.deepEqual(await keysOf(ledger.list({ limit: 0 })), []);
    t.deepEqual(await keysOf(ledger.list({ since: new Date('2026-01-04T00:00:00Z') })), ['d5', 'd4']);
  });

  promise('an end that is not explained yet is in the list with all that is known of it', async (t, open) => {
    const [writer, reader] = [open(), open()];
    const { version } = await writer.create(recordOf('k'));
    const [attempt] = recordOf('k').attempts as [RunRecord['attempts'][number]];
    const ended: RunRecord = { ...recordOf('k'), attempts: [endedAttempt(attempt, { isExplained: false })] };
    const { version: next } = await writer.update(ended, version);
    t.deepEqual((await reader.get('k'))?.record, ended);
    const listed: RunRecord[] = [];
    for await (const record of reader.list()) listed.push(record);
    t.deepEqual(listed, [ended], 'whoever looks for what was left behind finds it there');
    t.deepEqual(await openIn(open()), ['k']);
    // A writer that was killed comes back, or another one goes on.
    const whole: RunRecord = { ...ended, attempts: [endedAttempt(attempt)] };
    await reader.update(whole, next);
    t.deepEqual((await open().get('k'))?.record, whole);
    t.deepEqual(await keysOf(open().list()), ['k']);
    t.deepEqual(await openIn(open()), []);
  });

  promise('what is left open is what has not ended, or whose end nobody has explained', async (t, open) => {
    const writer = open();
    const all = ['going', 'ended', 'unexplained', 'again', 'refused', 'explained later'];
    for (const [i, key] of all.entries()) {
      const record = recordOf(key, `2026-01-0${i + 1}T00:00:00.000Z`);
      const { version } = await writer.create(record);
      const [attempt] = record.attempts as [Attempt];
      const write = (attempts: RunRecord['attempts'], on: string) => writer.update({ ...record, attempts }, on);
      if (key === 'ended') await write([endedAttempt(attempt, { key })], version);
      if (key === 'unexplained') await write([endedAttempt(attempt, { key, isExplained: false })], version);
      if (key === 'refused') await write([{ ...attempt, phase: 'refused' }], version);
      if (key === 'again' || key === 'explained later') {
        const first = endedAttempt(attempt, { key, isExplained: false });
        const { version: two } = await write([first], version);
        const retried = triedAgain({ ...record, attempts: [first] }, '2026-02-01T00:00:00.000Z');
        const { version: three } = await writer.update(retried, two);
        const second = retried.attempts[1]!;
        const explained = endedAttempt(attempt, { key });
        const { version: four } = await write([explained, second], three);
        if (key === 'explained later') await write([explained, endedAttempt(second, { key })], four);
      }
    }
    t.deepEqual((await openIn(open())).sort(), ['again', 'going', 'unexplained']);
  });

  promise(
    'a run to which something happened since a day is in the list from that day on, however old it is',
    async (t, open) => {
      const writer = open();
      const [old, since] = ['2026-01-01T00:00:00.000Z', new Date('2026-01-08T00:00:00Z')];
      const done = '2026-01-09T10:00:00.000Z';
      const write = async (key: string, change: (record: RunRecord) => readonly RunRecord[]) => {
        const record = recordOf(key, old);
        let { version } = await writer.create(record);
        for (const next of change(record)) version = (await writer.update(next, version)).version;
      };
      const endedOf = (record: RunRecord, at: string): RunRecord => ({
        ...record,
        updatedAt: at,
        attempts: [...record.attempts.slice(0, -1), endedAttempt(record.attempts.at(-1)!, { key: record.key, at })],
      });
      await write('long since over', (record) => [endedOf(record, '2026-01-02T00:00:00.000Z')]);
      await write('over a while ago', (record) => [endedOf(record, done)]);
      await write('tried again', (record) => {
        const again = triedAgain(endedOf(record, '2026-01-02T00:00:00.000Z'), '2026-01-09T11:00:00.000Z');
        return [endedOf(record, '2026-01-02T00:00:00.000Z'), again];
      });
      await write('tried again, and over', (record) => {
        const first = endedOf(record, '2026-01-02T00:00:00.000Z');
        const again = triedAgain(first, '2026-01-09T11:00:00.000Z');
        return [first, again, endedOf(again, '2026-01-09T12:00:00.000Z')];
      });
      const wanted = ['tried again, and over', 'tried again', 'over a while ago'];
      t.deepEqual(await keysOf(open().list({ since })), wanted);
      t.deepEqual(await keysOf(open().list()), [...wanted, 'long since over']);
      const summaries = [];
      for await (const one of open().summaries?.({ since }) ?? [])
        summaries.push([one.key, one.attempt, one.createdAt]);
      if (open().summaries)
        t.deepEqual(
          summaries,
          wanted.map((key, i) => [key, i === 2 ? 1 : 2, old]),
        );
    },
  );
}

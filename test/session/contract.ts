import type { TestFn } from 'ava';
import type { ExecutionContext } from 'ava';
import { LivyClient } from '../../src/livy/index.js';
import {
  type SessionOptions,
  StatementCancelledError,
  StatementFailedError,
  withSession,
} from '../../src/session/index.js';

/** A Livy to try sessions on, and the options that suit it. */
export interface Tried {
  readonly url: string;
  readonly options?: Partial<SessionOptions>;
}

export const MANY_TYPES =
  "select id, cast(id as string) s, cast(1.5 as decimal(10,2)) d, date'2026-11-22' day, timestamp'2026-11-22 01:02:03' ts, array(1,2) a, map('k',1) m, named_struct('x',1,'y','z') st, null n, cast('ab' as binary) b, true t, 1.5d dbl, 9007199254740993 big from range(2)";

/** What any Livy with sessions has to do, the stand-in and a real one. */
export function sessionContract(test: TestFn, where: string, open: (t: ExecutionContext) => Promise<Tried>): void {
  const livyOf = (t: ExecutionContext, url: string): LivyClient => {
    const livy = new LivyClient({ url });
    t.teardown(() => livy.close());
    return livy;
  };

  test(`${where}: a session is made, runs code and is closed`, async (t) => {
    const { url, options } = await open(t);
    const livy = livyOf(t, url);
    const seen: string[] = [];
    const name = await withSession(livy, { ...options, onState: (state) => seen.push(state) }, async (s) => {
      t.true(s.created);
      t.is((await s.run('1 + 1')).text, '2');
      t.is((await s.run('spark.range(3).show()')).text, '+---+\n| id|\n+---+\n|  0|\n|  1|\n|  2|\n+---+');
      t.is((await s.run('')).text, '');
      return s.name;
    });
    t.is(seen.at(-1), 'idle');
    const left = [];
    for await (const one of livy.sessions.list()) left.push(one.name);
    t.false(left.includes(name));
  });

  test(`${where}: every type of a query comes as what it is`, async (t) => {
    const { url, options } = await open(t);
    await withSession(livyOf(t, url), { ...options }, async (s) => {
      const { columns, rows, values, mayBeCut } = await s.sql(MANY_TYPES);
      const row = {
        id: 0n,
        s: '0',
        d: '1.50',
        day: '2026-11-22',
        ts: new Date('2026-11-22T01:02:03Z'),
        a: [1, 2],
        m: new Map([['k', 1]]),
        st: { x: 1, y: 'z' },
        n: null,
        b: Uint8Array.from([97, 98]),
        t: true,
        dbl: 1.5,
        big: 9007199254740993n,
      };
      t.deepEqual(rows, [row, { ...row, id: 1n, s: '1' }]);
      t.deepEqual(values[1], Object.values({ ...row, id: 1n, s: '1' }));
      t.deepEqual(
        columns.map(({ name }) => name),
        Object.keys(row),
      );
      t.false(mayBeCut);
    });
  });

  test(`${where}: the magics give JSON and tables, and one that fails is an error`, async (t) => {
    const { url, options } = await open(t);
    await withSession(livyOf(t, url), { ...options }, async (s) => {
      t.deepEqual((await s.run("x=[{'a':1,'b':'ü'}]\n%json x")).json, [{ a: 1, b: 'ü' }]);
      const { table, json } = await s.run("x=[[1,'a'],[3,'b']]\n%table x");
      t.deepEqual(table?.values, [
        [1, 'a'],
        [3, 'b'],
      ]);
      t.is(json, undefined);
      const error = await t.throwsAsync(s.run("%json [{'a':1}]"), { instanceOf: StatementFailedError });
      t.is(error?.ename, 'KeyError');
    });
  });

  test(`${where}: an exception comes with its traceback, and the session takes the next statement`, async (t) => {
    const { url, options } = await open(t);
    await withSession(livyOf(t, url), { ...options }, async (s) => {
      const error = await t.throwsAsync(s.run("raise ValueError('no such day')"), { instanceOf: StatementFailedError });
      t.is(error?.ename, 'ValueError');
      t.is(error?.evalue, 'no such day');
      t.regex(error?.traceback.join('') ?? '', /Traceback \(most recent call last\):\n/);
      t.is((await t.throwsAsync(s.run('def f(:'), { instanceOf: StatementFailedError }))?.ename, 'SyntaxError');
      const sql = await t.throwsAsync(s.sql('select nosuch from range(1)'), { instanceOf: StatementFailedError });
      t.regex(sql?.evalue ?? '', /`nosuch` cannot be resolved/);
      t.is((await s.run('1 + 1')).text, '2');
    });
  });

  test(`${where}: an aborted call cancels its statement and not the session`, async (t) => {
    const { url, options } = await open(t);
    await withSession(livyOf(t, url), { ...options }, async (s) => {
      const gone = new AbortController();
      const reason = new Error('enough');
      const asleep = await s.start('import time; time.sleep(60)', { signal: gone.signal });
      await t.throwsAsync(
        async () => {
          for await (const { state } of asleep) if (state === 'running') gone.abort(reason);
        },
        { is: reason },
      );
      await t.throwsAsync(s.attach(asleep.id).result(), { instanceOf: StatementCancelledError });
      t.true(['idle', 'busy'].includes((await s.state()) ?? ''));
    });
  });
}

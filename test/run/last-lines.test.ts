import test from 'ava';
import type { LogItem, LogSource } from '../../src/core/index.js';
import { type DiagnosisFacts, LastLines } from '../../src/run/index.js';
import { recordFor, refFor, rig } from '../helpers/engine.js';
import { dead, StubBackend } from '../helpers/stub-backend.js';

const MIB = 1_048_576;
const line = (text: string, more: object = {}): LogItem => ({
  type: 'line',
  stream: 'stdout',
  source: 'container_1',
  text,
  ...more,
});
const textsOf = (kept: LastLines): string[] =>
  kept.items().map((item) => (item.type === 'line' ? item.text : `[${item.reason}]`));

/** What a diagnosis is given of a failed run that left this log. */
async function factsOf(...items: readonly LogItem[]): Promise<DiagnosisFacts | undefined> {
  let given: DiagnosisFacts | undefined;
  const logs: LogSource = {
    open: () => ({
      async *read() {
        for (const item of items) yield [item];
      },
      async *finish() {},
    }),
  };
  const made = rig({
    backend: new StubBackend([dead]),
    logs,
    diagnose: (facts) => {
      given = facts;
      return { code: 'X', title: 'x', transient: false, lines: [], next: [] };
    },
  });
  const ref = refFor(made.clock);
  await made.ledger.create(recordFor(ref));
  await made.engine.attach(ref).wait();
  return given;
}

test('of a line of megabytes a reason is looked for in its beginning, and the rest is not kept', async (t) => {
  const facts = await factsOf(
    line('a'.repeat(MIB), { continues: true }),
    line('b'.repeat(MIB), { continues: true }),
    line('c'),
    line('the end'),
  );
  t.deepEqual(
    facts?.lines.map(({ source, line: at, text }) => [source, at, text.length < 4_000]),
    [
      ['stdout', 1, true],
      ['stdout', 2, true],
    ],
  );
  t.regex(facts?.lines[0]?.text ?? '', /^a{3900}… \(\d+ more characters\)$/);
  t.is(facts?.lines[1]?.text, 'the end');
});

test('what was said before the driver was started again is not looked at, but for what stands outside of its containers', async (t) => {
  const facts = await factsOf(
    line('submitting'),
    line('first', { driver: 1 }),
    line('second', { driver: 2 }),
    line('late', { driver: 1 }),
  );
  t.deepEqual(
    facts?.lines.map(({ text }) => text),
    ['submitting', 'second'],
  );
});

test('of a log with more lines than were asked for the last ones are kept, of each stream, in their order', (t) => {
  const kept = new LastLines(2);
  for (let i = 0; i < 9; i++) kept.add(line(`${i}`));
  kept.add(line('e', { stream: 'stderr' }));
  kept.add({ type: 'gap', stream: 'stdout', reason: 'lost' });
  kept.add(line('9'));
  t.deepEqual(textsOf(kept), ['8', 'e', '[lost]', '9']);
  t.true(kept.isCut('stdout'));
  t.false(kept.isCut('stderr'));
});

test('the parts of a long line count as one line, and how much of it is missing is said', (t) => {
  const kept = new LastLines(2);
  kept.add(line('before'));
  kept.add(line('x'.repeat(5_000), { continues: true }));
  kept.add(line('e', { stream: 'stderr' }));
  kept.add(line('y'.repeat(100)));
  kept.add(line('after'));
  t.deepEqual(textsOf(kept), [`${'x'.repeat(3_900)}… (1200 more characters)`, 'e', 'after']);
});

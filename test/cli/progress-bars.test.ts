import { stripVTControlCharacters } from 'node:util';
import test from 'ava';
import { createColors } from 'picocolors';
import type { RunProgress } from '../../src/core/index.js';
import { countWords } from '../../src/cli/count-words.js';
import { endedWords, hasUnicode, progressLines } from '../../src/cli/progress-bars.js';

const paint = createColors(false);
const stage = (id: number, done: number, total: number, name = `collect at etl.py:${id}`) => ({
  id,
  name,
  done,
  total,
});

const progress: RunProgress = {
  stages: { done: 2, failed: 0, running: 2, total: 7 },
  tasks: { done: 130, failed: 3, running: 8, total: 400 },
  executors: 4,
  active: [
    stage(3, 30, 200, 'reduceByKey at sales_report_with_a_long_name.py:112'),
    { ...stage(4, 12, 20), remainingMs: 13_400 },
  ],
  queries: [{ id: 1, description: 'counting rows per group with SQL' }],
};

const draw = (columns: number, unicode: boolean, of = progress) => progressLines(of, { columns, unicode, paint });

test('at 79 columns there is a bar for all and one for each stage', (t) => {
  t.deepEqual(draw(79, true), [
    'tasks  130/400  █████████░░░░░░░░░░░░░░░░░░░  3 failed  stages 2/7  4 executors',
    '  query: counting rows per group with SQL',
    '  3 reduceByKey at sales_report_with…  30/200  █████░░░░░░░░░░░░░░░░░░░░░░░░░',
    '  4 collect at etl.py:4                 12/20  ██████████░░░░░░  about 14s left',
  ]);
});

test('at 39 columns what is less telling goes first', (t) => {
  t.deepEqual(draw(39, true), [
    'tasks  130/400  ████░░░░░░░░░  3 failed',
    '  query: counting rows per group with S',
    '  3 reduceByKey …  30/200  ██░░░░░░░░░░',
    '  4 collect at e…   12/20  ███████░░░░░',
  ]);
});

test('without Unicode the signs are plain', (t) => {
  for (const line of draw(79, false)) t.regex(line, /^[\x20-\x7e]+$/);
  t.regex(draw(79, false)[0] ?? '', /\[#+-+\]/);
});

test('no line is ever wider than the terminal', (t) => {
  const many = { ...progress, active: Array.from({ length: 9 }, (_, i) => stage(i, i * 1_000, 123_456)) };
  for (let columns = 10; columns <= 220; columns++) {
    for (const unicode of [true, false]) {
      for (const line of [...draw(columns, unicode), ...draw(columns, unicode, many)]) {
        t.true(line.length <= columns, `${columns}: ${line}`);
      }
    }
  }
});

test('of many stages four are drawn and the rest counted', (t) => {
  const lines = draw(79, true, {
    ...progress,
    queries: [],
    active: Array.from({ length: 7 }, (_, i) => stage(i, 1, 2)),
  });
  t.is(lines.length, 6);
  t.is(lines.at(-1), '  … 3 more stages');
});

test('a bar is full only when all is done', (t) => {
  const at = (done: number) =>
    draw(79, true, { ...progress, tasks: { done, failed: 0, running: 1, total: 1_000 }, active: [] })[0];
  t.regex(at(999) ?? '', /░/);
  t.notRegex(at(1_000) ?? '', /░/);
});

test('before anything is planned nothing is drawn', (t) => {
  const none = { done: 0, failed: 0, running: 0, total: 0 };
  t.deepEqual(draw(79, true, { stages: none, tasks: none, executors: 0, active: [] }), []);
});

test('without a total there are counts and no bar', (t) => {
  const lines = draw(79, true, { ...progress, tasks: { done: 5, failed: 0, running: 1 }, active: [], queries: [] });
  t.deepEqual(lines, ['tasks  5  stages 2/7  4 executors']);
});

test('names from a cluster cannot act on the terminal', (t) => {
  const lines = draw(79, true, {
    ...progress,
    active: [stage(1, 1, 2, 'x\u001b[2J\u001b]0;owned\u0007')],
    queries: [{ id: 1, description: '\u001b[31m' }],
  });
  t.false(lines.join('').includes('\u001b'));
});

test('colours are an addition: the words stay', (t) => {
  const painted = progressLines(progress, { columns: 79, unicode: true, paint: createColors(true) });
  t.deepEqual(
    painted.map((line) => stripVTControlCharacters(line)),
    draw(79, true),
  );
});

test('Unicode is shown where the locale has it', (t) => {
  t.true(hasUnicode({ LANG: 'en_US.UTF-8' }));
  t.true(hasUnicode({ LANG: 'C', LC_ALL: 'C.utf8' }));
  t.true(hasUnicode({ WT_SESSION: 'x' }));
  t.false(hasUnicode({ LANG: 'C' }));
  t.false(hasUnicode({}));
  t.false(hasUnicode({ TERM: 'linux', LANG: 'en_US.UTF-8' }));
});

test('a stage that ended is a sentence', (t) => {
  const ended = { id: 3, name: 'collect at pi.py:12', state: 'done', tasks: 200, failed: 0 } as const;
  t.is(endedWords({ ...ended, tookMs: 12_300 }), 'stage 3 "collect at pi.py:12" finished: 200 tasks in 12s, 0 failed');
  t.is(
    endedWords({ ...ended, tasks: 1, tookMs: 126 }),
    'stage 3 "collect at pi.py:12" finished: 1 task in 0.1s, 0 failed',
  );
  t.is(
    endedWords({ ...ended, attempt: 1, state: 'failed', tasks: 3, failed: 4 }),
    'stage 3.1 "collect at pi.py:12" failed: 3 tasks, 4 failed',
  );
});

test('the counts at the end are a line', (t) => {
  t.is(
    countWords({
      ...progress,
      stages: { done: 6, failed: 1, running: 0, skipped: 2 },
      bytes: { shuffleWrite: 9_500, spilled: 12_345_678 },
      complete: true,
    }),
    '6 stages (1 failed), 130 tasks (3 tries failed), 2 skipped, 9.5 kB shuffled, 12 MB spilled to disk',
  );
  t.is(countWords(progress), '2 stages, 130 tasks (3 tries failed), as last seen');
});

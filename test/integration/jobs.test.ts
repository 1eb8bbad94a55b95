import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import test from 'ava';
import type { JobSpec } from '../../src/index.js';
import { packageRoot } from '../../src/local/index.js';
import { useLocalLivy } from '../helpers/local-livy.js';

const livy = useLocalLivy(test);

const jobs = join(packageRoot(), 'jobs');
const out = join(tmpdir(), `livywire-jobs-${process.pid}`);
test.after.always(() => rm(out, { recursive: true, force: true }));

/** Runs a job to its end and gives the lines that it printed itself. */
async function run(spec: JobSpec): Promise<{ kind: string; code?: string; lines: string[] }> {
  const lw = livy().connect();
  const started = await lw.submit(spec);
  const lines: string[] = [];
  for await (const event of started.events()) {
    if (event.type === 'line') lines.push(event.text);
    if (event.type !== 'outcome') continue;
    await lw.close();
    const { outcome } = event;
    return { kind: outcome.kind, lines, ...(outcome.kind === 'failed' && { code: outcome.diagnosis.code }) };
  }
  throw new Error('no outcome');
}

test('wordcount reads a text, prints the top words and writes its counts', async (t) => {
  const target = join(out, 'counts');
  const done = await run({ file: join(jobs, 'wordcount.py'), args: [join(packageRoot(), 'LICENSE'), target] });
  t.is(done.kind, 'succeeded');
  t.true(done.lines.some((line) => /^\s+\d+ {2}the$/.test(line)));
  t.true(existsSync(join(target, '_SUCCESS')));
});

test('pi comes near pi', async (t) => {
  const done = await run({ file: join(jobs, 'pi.py') });
  t.is(done.kind, 'succeeded');
  t.true(done.lines.some((line) => /\b3\.1\d*/.test(line)));
});

test('fail ends in a Python exception', async (t) => {
  const { kind, code } = await run({ file: join(jobs, 'fail.py') });
  t.is(kind, 'failed');
  t.is(code, 'PYTHON_EXCEPTION');
});

test('from_conf finds what conf says', async (t) => {
  const conf = { 'spark.sample.rows': 1_000, 'spark.sample.greeting': 'good morning' };
  const { lines } = await run({ file: join(jobs, 'from_conf.py'), conf });
  t.true(lines.includes('good morning: the numbers from 1 to 1000 add up to 500500'));
});

test("Spark's own examples run unchanged", async (t) => {
  const folder = join(livy().instance.dir, 'work/examples/src/main/python');
  const words = await livy().job('words.txt', 'to be or not to be\n');
  const numbers = await livy().job('numbers.txt', '3\n1\n2\n');
  for (const [name, args, line] of [
    ['pi.py', ['2'], /^Pi is roughly 3\.\d+/],
    ['wordcount.py', [words], /^to: 2$/],
    ['sort.py', [numbers], /^1$/],
    ['ml/correlation_example.py', [], /^Spearman correlation matrix/],
  ] as const) {
    const done = await run({ file: join(folder, name), args });
    t.is(done.kind, 'succeeded', name);
    t.true(
      done.lines.some((text) => line.test(text)),
      name,
    );
  }
});

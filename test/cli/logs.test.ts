import test from 'ava';
import { testLivywire } from '../../src/testing/index.js';
import { cli, tempFolder } from '../helpers/cli.js';

const INFO = '26/11/23 01:50:29 INFO DAGScheduler: Job 6 finished';
const lines = ['first', INFO, '\u001b[31mred\u001b[0m', '26/11/23 04:00:00 WARN New: late'];

async function logs(t: Parameters<typeof tempFolder>[0], argv: readonly string[], tty = {}) {
  const livywire = testLivywire({ script: () => ({ lines, afterMs: 0 }) });
  await livywire.submit({ file: 's3://b/j.py' }, { key: 'k' });
  const env = { LIVYWIRE_URL: 'http://livy:8998', LIVYWIRE_LEDGER: await tempFolder(t) };
  const ledgerless = Object.assign(livywire, { close: async () => undefined });
  return cli(['logs', ...argv, 'k'], { env, livywire: ledgerless, tty });
}

test("Spark's own INFO is folded away and counted; --verbose shows it", async (t) => {
  const folded = await logs(t, []);
  t.is(folded.stdout, 'first\nred\n26/11/23 04:00:00 WARN New: late\n');
  t.regex(folded.stderr, /1 line of Spark's own INFO is not shown; --verbose/);
  t.true((await logs(t, ['--verbose'])).stdout.includes(INFO));
});

test('control characters of a log never reach stdout, unless every byte was asked for, and never a terminal', async (t) => {
  t.false((await logs(t, ['--verbose'])).stdout.includes('\u001b'));
  t.is((await logs(t, ['--raw'])).stdout, lines.map((line) => `${line}\n`).join(''));
  const refused = await logs(t, ['--raw'], { stdout: true });
  t.is(refused.code, 2);
  t.regex(refused.stderr, /a terminal would act on control characters/);
});

test('--raw and --json exclude each other', async (t) => {
  t.is((await logs(t, ['--raw', '--json'])).code, 2);
});

test('--since leaves out what is known to be older', async (t) => {
  const { stdout } = await logs(t, ['--verbose', '--since', '2026-11-23T03:00:00Z']);
  t.is(stdout, 'first\n26/11/23 04:00:00 WARN New: late\n');
  t.is((await logs(t, ['--since', 'soon'])).code, 2);
});

test('each line of an executor says which container wrote it', async (t) => {
  const { stdout } = await logs(t, ['--executors']);
  t.regex(stdout, /^\[test stdout\] first\n/);
});

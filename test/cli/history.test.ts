import test from 'ava';
import type { Actor } from '../../src/core/index.js';
import { fileLedger } from '../../src/run/index.js';
import { cli, oneDocument, tempFolder } from '../helpers/cli.js';
import { recordOf } from '../helpers/ledger-contract.js';

const ann: Actor = {
  who: 'ann',
  proof: 'claimed',
  host: 'laptop',
  livywire: '1.2.3',
  git: { commit: '0123456789abcdef0123456789abcdef01234567', dirty: true },
};
const nightly: Actor = {
  who: 'arn:aws:sts::1:assumed-role/etl/i-1',
  proof: 'sts',
  host: 'worker',
  livywire: '1.2.3',
  ci: { system: 'airflow', run: 'sales r1 etl', url: 'https://air.corp/dags/sales/runs/r1' },
};

async function world(t: Parameters<typeof tempFolder>[0]) {
  const folder = await tempFolder(t);
  const record = recordOf('k');
  const [first] = record.attempts;
  if (!first) throw new Error('no attempt');
  const attempts = [
    {
      ...first,
      phase: 'refused' as const,
      by: nightly,
      codeSha256: 'a'.repeat(64),
      cancels: [{ at: '2026-01-01T00:05:00.000Z', by: ann }],
    },
    { ...first, attempt: 2, name: 'n2' },
  ];
  await fileLedger(folder).create({ ...record, attempts });
  return (...argv: readonly string[]) => cli(argv, { env: { LIVYWIRE_LEDGER: folder } });
}

test('history shows who started and who stopped each attempt, from where and with what', async (t) => {
  const run = await world(t);
  const { code, stdout } = await run('history', 'k');
  t.is(code, 0);
  t.deepEqual(stdout.trimEnd().split('\n'), [
    'k',
    'attempt 1  refused  2026-01-01 00:00Z  http://livy',
    '  started by arn:aws:sts::1:assumed-role/etl/i-1 on worker, livywire 1.2.3, airflow https://air.corp/dags/sales/runs/r1',
    '  n',
    `  code sha256 ${'a'.repeat(64)}`,
    '  2026-01-01 00:05Z asked to stop by ann (claimed) on laptop, livywire 1.2.3, git 0123456789ab with changes',
    'attempt 2  not sent  2026-01-01 00:00Z  http://livy',
    '  started by nobody that was written down',
    '  n2',
  ]);
});

test('history --json is one document, without what only the engine reads', async (t) => {
  const run = await world(t);
  const document = oneDocument(t, (await run('history', '--json', 'k')).stdout);
  t.like(document, { kind: 'history', key: 'k', attempts: [{ by: nightly }, { attempt: 2 }] });
  t.false(JSON.stringify(document).includes('"claim"'));
});

test('history of a key that is not there is 2', async (t) => {
  const run = await world(t);
  const { code, stderr } = await run('history', 'other');
  t.is(code, 2);
  t.regex(stderr, /No run with the key "other" in the ledger/);
});

test('ls shows whose runs they are once there is more than one person, and --by chooses', async (t) => {
  const folder = await tempFolder(t);
  const ledger = fileLedger(folder);
  for (const [key, by] of [
    ['a', ann],
    ['b', nightly],
  ] as const) {
    const record = recordOf(key);
    await ledger.create({ ...record, attempts: record.attempts.map((attempt) => ({ ...attempt, by })) });
  }
  const run = (...argv: readonly string[]) => cli(argv, { env: { LIVYWIRE_LEDGER: folder } });
  t.regex((await run('ls')).stdout, /BY +LABEL\n.* ann .*\n.*assumed-role\/etl\/i-1 /);
  t.regex((await run('ls', '--by', 'ETL')).stdout, /\nb +1 [^\n]*\n$/);
  t.is((await run('ls', '--by', 'nobody')).stdout, '');
});

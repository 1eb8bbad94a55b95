import test from 'ava';
import { fileLedger } from '../../src/run/index.js';
import { MemoryBackend, testClock, testLivywire } from '../../src/testing/index.js';
import { cli, tempFolder } from '../helpers/cli.js';

test('stage takes --cluster as run does, for the release that says which Python packages are for', async (t) => {
  const { code, stderr } = await cli(['stage', '--cluster', 'nightly', './etl.py'], {});
  t.is(code, 2);
  t.regex(stderr, /Where to\? Give --stage/);
});

test('a run of an EMR cluster is asked about there, without a word on an address that nobody needs to give', async (t) => {
  const folder = await tempFolder(t);
  const clock = testClock();
  const backend = new MemoryBackend({ clock, endpoint: 'emr://us-east-1/j-1ABC' });
  const livywire = testLivywire({ clock, backend, ledger: fileLedger(folder) });
  await livywire.submit({ file: 's3://b/etl.py' }, { key: 'k' });
  const { code, stderr } = await cli(['status', 'k'], { clock, livywire, env: { LIVYWIRE_LEDGER: folder } });
  t.is(code, 0);
  t.regex(stderr, /^livywire: asking j-1ABC, where this run was started$/m);
});

test('a lock that cannot be written is said in words, and not as a mistake of ours', async (t) => {
  const folder = await tempFolder(t);
  const args = ['stage', 'local:/opt/etl.py', '--stage', 's3://bucket/jobs', '--out', `${folder}/gone/etl.lock.json`];
  const { code, stderr } = await cli(args, {});
  t.is(code, 2);
  t.regex(stderr, /--out: .*etl\.lock\.json cannot be written: ENOENT/);
});

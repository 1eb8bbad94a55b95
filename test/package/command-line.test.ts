import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { consumer, installed, nodes, run } from './installed.js';

const { version } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as { version: string };
const bin = join(consumer, 'node_modules/.bin/livywire');

test('npm put a livywire on the path that starts by itself', async (t) => {
  const { exitCode, stdout, stderr } = await run(bin, ['--version']);
  t.deepEqual({ exitCode, stdout, stderr }, { exitCode: 0, stdout: version, stderr: '' });
});

for (const node of nodes) {
  test(`--version, --help and a wrong verb answer as they should on Node ${node.version}`, async (t) => {
    const asked = await run(node.path, [bin, '--version']);
    t.deepEqual({ code: asked.exitCode, out: asked.stdout, err: asked.stderr }, { code: 0, out: version, err: '' });

    const help = await run(node.path, [bin, '--help']);
    t.is(help.exitCode, 0, String(help.stderr));
    t.regex(String(help.stdout), /livywire run/);

    const wrong = await run(node.path, [bin, 'no-such-verb']);
    t.is(wrong.exitCode, 2);
    t.is(wrong.stdout, '');
    t.not(wrong.stderr, '');
  });
}

test('workflow synth writes a template, and the functions that came with the package', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'livywire-synth-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const made = await Promise.all(
    ['one', 'two'].map(async (name) => {
      const words = ['workflow', 'synth', 'run-spark-job', '--cluster', 'nightly', '-o', join(folder, name)];
      const { exitCode, stderr } = await run(bin, words);
      t.is(exitCode, 0, String(stderr));
      return readdir(join(folder, name, 'functions'));
    }),
  );
  t.deepEqual(made[0], made[1], 'the checksums in the names are the same each time');
  t.deepEqual(made[0]?.map((name) => name.replace(/-[0-9a-f]{16}\.zip$/, '')).sort(), [
    'cancel',
    'diagnose',
    'status',
    'submit',
    'watch',
  ]);
  const template = await readFile(join(folder, 'one', 'template.yaml'), 'utf8');
  for (const name of made[0] ?? []) t.true(template.includes(`livywire/functions/${name}`));
  t.true(template.includes(`livywire ${version}`));
});

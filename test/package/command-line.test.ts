import { readFile } from 'node:fs/promises';
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

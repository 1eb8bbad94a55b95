import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { consumer, installed, nodes, run } from './installed.js';

interface Manifest {
  readonly version: string;
  readonly exports: Readonly<Record<string, unknown>>;
}
const manifest = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as Manifest;
/** Entrances that are of no use without a package that their users have anyway. */
const WITH_PEER: Readonly<Record<string, string>> = { 'livywire/cdk': 'aws-cdk-lib' };
const entrances = Object.entries(manifest.exports).flatMap(([name, target]) =>
  typeof target === 'object' && !(`livywire${name.slice(1)}` in WITH_PEER) ? [`livywire${name.slice(1)}`] : [],
);

/** Elsewhere: above the consumer's folder is the project's, which has the packages that are optional. */
async function withoutPeers(t: ExecutionContext, script: string) {
  const elsewhere = await mkdtemp(join(tmpdir(), 'livywire-peerless-'));
  t.teardown(() => rm(elsewhere, { recursive: true, force: true }));
  await cp(join(consumer, 'node_modules'), join(elsewhere, 'node_modules'), {
    recursive: true,
    verbatimSymlinks: true,
  });
  return run(nodes[0]!.path, ['--input-type=module', '--eval', script], { cwd: elsewhere });
}

for (const [entrance, peer] of Object.entries(WITH_PEER)) {
  test(`${entrance} is there, and without ${peer} says that this is what is missing`, async (t) => {
    t.true(`.${entrance.slice('livywire'.length)}` in manifest.exports);
    const { exitCode, stderr } = await withoutPeers(t, `await import('${entrance}')`);
    t.not(exitCode, 0);
    t.regex(String(stderr), new RegExp(`Cannot find package '(?:${peer}|constructs)'`));
  });
}

test('livywire/durable can be imported without its package, and a call of its handler says what is missing', async (t) => {
  const script = `
    const { handler } = await import('livywire/durable');
    await handler({}, {}).catch(({ name, message }) => console.log(name + ': ' + message));
  `;
  const { exitCode, stdout, stderr } = await withoutPeers(t, script);
  t.is(exitCode, 0, String(stderr));
  t.regex(
    String(stdout),
    /^ConfigError: A durable function \(Node 22 or later\) needs the package @aws\/durable-execution-sdk-js, which is not installed: npm install/,
  );
});

test('there is at least the library and its testing entrance', (t) => {
  t.true(entrances.includes('livywire') && entrances.includes('livywire/testing'));
});

for (const node of nodes) {
  for (const entrance of entrances) {
    test(`import and require give the same names of ${entrance} on Node ${node.version}`, async (t) => {
      const imported = await run(node.path, [
        '--input-type=module',
        '--eval',
        `console.log(Object.keys(await import('${entrance}')).sort().join())`,
      ]);
      t.is(imported.exitCode, 0, String(imported.stderr));
      t.not(imported.stdout, '');
      const required = await run(node.path, [
        '--no-warnings=ExperimentalWarning', // Node 20 and 22 say that require() of an ES module is new
        '--input-type=commonjs',
        '--eval',
        `console.log(Object.keys(require('${entrance}')).filter((name) => name !== '__esModule').sort().join())`,
      ]);
      t.is(required.exitCode, 0, String(required.stderr));
      t.is(required.stdout, imported.stdout);
    });
  }

  test(`importing the library prints nothing, keeps nothing open and adds no listener on Node ${node.version}`, async (t) => {
    const probe = `
      const before = JSON.stringify(process.env);
      const count = () => process.eventNames().reduce((n, name) => n + process.listenerCount(name), 0);
      const listeners = count();
      ${entrances.map((entrance) => `await import('${entrance}');`).join('\n')}
      if (JSON.stringify(process.env) !== before) throw new Error('the environment changed');
      if (count() !== listeners) throw new Error('process has new listeners: ' + process.eventNames().join());
    `;
    const { exitCode, stdout, stderr } = await run(node.path, ['--input-type=module', '--eval', probe]);
    t.deepEqual({ exitCode, stdout, stderr }, { exitCode: 0, stdout: '', stderr: '' });
  });
}

test('no entrance reaches a path that exports does not name', async (t) => {
  const { exitCode, stderr } = await run(nodes[0]!.path, [
    '--input-type=module',
    '--eval',
    `await import('livywire/dist/cli/bin.js')`,
  ]);
  t.not(exitCode, 0);
  t.regex(String(stderr), /ERR_PACKAGE_PATH_NOT_EXPORTED/);
});

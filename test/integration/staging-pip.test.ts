import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import test, { type ExecutionContext } from 'ava';
import { unzipSync, zipSync } from 'fflate';
import { dependencyArchive } from '../../src/aws/staging/dependency-archive.js';
import { pythonOfRelease } from '../../src/aws/staging/release-python.js';
import { readRequirements } from '../../src/aws/staging/requirements-file.js';
import { wheelTarget } from '../../src/aws/staging/wheel-platform.js';
import { ConfigError } from '../../src/core/index.js';

/** pip of this machine; it gets no package from anywhere but a folder of the test's own. */
function pipVersion(): string | undefined {
  try {
    return execFileSync('python3', ['-c', 'import pip, sys; print("%d.%d" % sys.version_info[:2])'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
      .toString()
      .trim();
  } catch {
    process.stderr.write('skipped: no python3 with pip here\n');
    return undefined;
  }
}
const pip = pipVersion();

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** A wheel of one module, as an index would serve it. */
async function wheel(
  folder: string,
  name: string,
  tag: string,
  needs: readonly string[] = [],
  version = '1.0',
): Promise<void> {
  const info = `${name}-${version}.dist-info`;
  const lines = [`Name: ${name}`, `Version: ${version}`, ...needs.map((one) => `Requires-Dist: ${one}`)];
  const files = {
    [`${name}/__init__.py`]: `tag = ${JSON.stringify(tag)}\n`,
    [`${info}/METADATA`]: `Metadata-Version: 2.1\n${lines.join('\n')}\n`,
    [`${info}/WHEEL`]: `Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: false\nTag: ${tag}\n`,
    [`${info}/entry_points.txt`]: `[console_scripts]\n${name} = ${name}:main\n`,
  };
  const record = [...Object.keys(files), `${info}/RECORD`].map((path) => `${path},,`).join('\n');
  const all = Object.entries({ ...files, [`${info}/RECORD`]: record });
  const bytes = zipSync(Object.fromEntries(all.map(([path, text]) => [path, Buffer.from(text)])));
  await writeFile(join(folder, `${name}-${version}-${tag}.whl`), bytes);
}

const NINE = 'cp39-cp39-manylinux_2_17_x86_64';

async function world(t: ExecutionContext) {
  const cwd = await mkdtemp(join(tmpdir(), 'livywire-req-'));
  t.teardown(() => rm(cwd, { recursive: true, force: true }));
  const wheels = join(cwd, 'wheels');
  await mkdir(wheels);
  await wheel(wheels, 'compiled', NINE, ['plain']);
  await wheel(wheels, 'plain', 'py3-none-any');
  await wheel(wheels, 'tomorrow', 'cp39-cp39-manylinux_2_39_x86_64');
  await wheel(wheels, 'picky', NINE, ['backport; python_version < "3.10"']);
  const said: string[] = [];
  return {
    cwd,
    said,
    wheels,
    cacheFolder: join(cwd, 'cache'),
    archive: async (lines: string, more: object = {}) => {
      await writeFile(join(cwd, 'requirements.txt'), `--no-index\n--find-links ${wheels}\n${lines}\n`);
      return dependencyArchive(
        {
          file: 'requirements.txt',
          release: 'emr-7.9.0',
          python: 'python3',
          cacheFolder: join(cwd, 'cache'),
          onLine: (line) => said.push(line),
          ...more,
        },
        { cwd },
      );
    },
  };
}
const files = async (path: string): Promise<readonly string[]> => Object.keys(unzipSync(await readFile(path)));
const refusal = async (t: ExecutionContext, promise: Promise<unknown>): Promise<string> =>
  (await t.throwsAsync(promise, { instanceOf: ConfigError }))?.message ?? '';

const withPip = pip === undefined ? test.skip : test;

withPip(
  'an archive holds the packages for the cluster, with what they need, and nothing of this machine',
  async (t) => {
    const { archive } = await world(t);
    const { path } = await archive('compiled==1.0');
    const names = await files(path);
    t.true(names.includes('compiled/__init__.py'));
    t.true(names.includes('plain/__init__.py'));
    t.true(names.includes('compiled-1.0.dist-info/entry_points.txt'));
    t.deepEqual(
      names.filter((name) => /^bin\/|RECORD$|__pycache__/.test(name)),
      [],
    );
  },
);

withPip('the same requirements are made once, and come to the same bytes where they are made again', async (t) => {
  const { archive, said, cwd } = await world(t);
  const first = await archive('compiled==1.0\nplain==1.0');
  const bytes = await readFile(first.path);
  said.length = 0;
  t.deepEqual(await archive('compiled==1.0\nplain==1.0'), first);
  t.deepEqual(said, [], 'pip was not asked');
  const again = await archive('compiled==1.0\nplain==1.0', { cacheFolder: join(cwd, 'other') });
  t.true(said.length > 0);
  t.is(sha256(await readFile(again.path)), sha256(bytes));
  t.deepEqual(await readdir(join(again.path, '..')), ['deps.zip'], 'no draft is left');
});

withPip('another Python and another platform are other archives', async (t) => {
  const { archive, wheels } = await world(t);
  await wheel(wheels, 'compiled', 'cp311-cp311-manylinux_2_17_x86_64', ['plain']);
  await wheel(wheels, 'compiled', 'cp39-cp39-manylinux2014_aarch64', ['plain']);
  const paths = [
    await archive('compiled==1.0'),
    await archive('compiled==1.0', { platform: 'aarch64' }),
    await archive('compiled==1.0', { pythonVersion: '3.11' }),
  ].map(({ path }) => path);
  t.is(new Set(paths).size, 3);
  const tagOf = async (path = '') =>
    Buffer.from(unzipSync(await readFile(path))['compiled/__init__.py'] ?? []).toString();
  t.regex(await tagOf(paths[1]), /aarch64/);
  t.regex(await tagOf(paths[2]), /cp311/);
});

withPip("a wheel for a newer C library than the cluster's is none, and the package is named", async (t) => {
  const { archive, cacheFolder } = await world(t);
  const message = await refusal(t, archive('plain==1.0\ntomorrow==1.0'));
  t.regex(message, /^tomorrow==1\.0 has no wheel for Python 3\.9 on manylinux_2_34_x86_64/);
  t.regex(message, /--archives env\.tar\.gz#environment/);
  t.deepEqual(await readdir(cacheFolder).catch(() => []), [], 'nothing half-made is kept');
});

withPip('of a package that has wheels in other versions, these are named', async (t) => {
  const { archive } = await world(t);
  t.regex(await refusal(t, archive('plain==2.0')), /plain==2\.0 has no wheel.*there are wheels of 1\.0/);
});

withPip("a condition is judged by the cluster's Python, not by pip's", async (t) => {
  const { archive, wheels } = await world(t);
  if (pip === '3.9') return void t.pass(); // pip judges as the cluster does
  const message = await refusal(t, archive('picky==1.0\nother; python_version < "3.10"'));
  t.regex(message, /left out what Python 3\.9 of the cluster needs: backport, other\. Name it in .*requirements\.txt/);
  await wheel(wheels, 'backport', 'py3-none-any');
  const { path } = await archive('picky==1.0\nbackport==1.0');
  t.true((await files(path)).includes('backport/__init__.py'));
});

const withPipAlone = pip === undefined ? test.serial.skip : test.serial;
// By itself: it changes the environment that all the others start pip in.
withPipAlone('packages of another index are another archive', async (t) => {
  const { archive } = await world(t);
  const first = await archive('plain==1.0');
  process.env.PIP_EXTRA_INDEX_URL = 'https://packages.invalid/simple';
  t.teardown(() => delete process.env.PIP_EXTRA_INDEX_URL);
  const other = await archive('plain==1.0');
  delete process.env.PIP_EXTRA_INDEX_URL;
  t.not(other.path, first.path);
  t.deepEqual(await archive('plain==1.0'), first);
});

test('a Python that is none is said, and nothing is looked for', async (t) => {
  const { archive } = await world(t);
  t.regex(await refusal(t, archive('plain==1.0', { python: 'no-such-python' })), /no-such-python is none/);
});

test('requirements are read with the files they refer to', async (t) => {
  const { cwd } = await world(t);
  const put = (name: string, text: string) => writeFile(join(cwd, name), text);
  await put(
    'r.txt',
    '# all\n-r more.txt\n-c limits.txt\na==1.0 \\\n  --hash=sha256:00\nb>=2 # new\nc @ https://x/c.whl\n./d.whl\n',
  );
  await put('more.txt', '--requirement r.txt\ne\n');
  await put('limits.txt', 'b<3\n');
  const { texts, loose, local } = await readRequirements(join(cwd, 'r.txt'));
  t.is(texts.length, 3);
  t.deepEqual(loose, ['b', 'e']);
  t.deepEqual(local, ['./d.whl']);
});

test('requirements that are missing, empty or point to another machine are refused', async (t) => {
  const { cwd } = await world(t);
  const said = async (name: string, text?: string): Promise<string> => {
    if (text !== undefined) await writeFile(join(cwd, name), text);
    return refusal(t, readRequirements(join(cwd, name)));
  };
  t.regex(await said('none.txt'), /none\.txt cannot be read/);
  t.regex(await said('empty.txt', '# nothing\n\n'), /names no package/);
  t.regex(await said('far.txt', '-r https://x/y.txt'), /refers to https:\/\/x\/y\.txt/);
});

test('versions that are left to pip are told', async (t) => {
  const { cwd } = await world(t);
  await writeFile(join(cwd, 'r.txt'), 'a\nb==1\n');
  t.deepEqual((await readRequirements(join(cwd, 'r.txt'))).loose, ['a']);
});

test('the release says which Python and C library a cluster has; one that is not in the table says nothing', (t) => {
  t.deepEqual(pythonOfRelease('emr-7.9.0'), { version: '3.9', glibc: '2.34' });
  t.deepEqual(pythonOfRelease('emr-6.15.0'), { version: '3.7', glibc: '2.26' });
  t.deepEqual(pythonOfRelease('emr-5.36.2'), { version: '3.7', glibc: '2.26' });
  for (const label of ['emr-5.29.0', 'emr-8.0.0', 'emr-spark-8.1.0', '7.9.0', 'emr-7'])
    t.is(pythonOfRelease(label), undefined);
});

test('wheels for an older C library than the cluster has are taken, for a newer one not', (t) => {
  const { platforms } = wheelTarget({ release: 'emr-6.15.0' });
  t.is(platforms[0], 'manylinux_2_26_x86_64');
  t.true(platforms.includes('manylinux_2_17_x86_64'));
  t.true(platforms.includes('manylinux2014_x86_64'));
  t.false(platforms.includes('manylinux_2_28_x86_64'));
  t.true(wheelTarget({ release: 'emr-7.0.0', platform: 'arm64' }).platforms.every((one) => one.endsWith('aarch64')));
  t.deepEqual(wheelTarget({ pythonVersion: '3.11', platform: 'musllinux_1_2_x86_64' }).platforms, [
    'musllinux_1_2_x86_64',
  ]);
});

for (const [options, field, words] of [
  [{}, '--python-version', /or --emr-release/],
  [{ release: 'emr-spark-8.1.0' }, '--python-version', /the table has no emr-spark-8\.1\.0/],
  [{ pythonVersion: '3.9' }, '--platform', /manylinux_2_34_x86_64 \(EMR 7\)/],
  [{ pythonVersion: '3.9', platform: 'Linux' }, '--platform', /write x86_64, aarch64/],
  [{ pythonVersion: 'python3.9', platform: 'manylinux2014_x86_64' }, '--python-version', /write it as in 3\.9/],
] as const) {
  test(`what is not known of the cluster is asked for: ${JSON.stringify(options)}`, (t) => {
    t.is(t.throws(() => wheelTarget(options), { instanceOf: ConfigError, message: words })?.field, field);
  });
}

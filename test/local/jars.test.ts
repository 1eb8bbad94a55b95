import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { fetchJars, missingJars } from '../../src/local/jars.js';
import { jarFileName, type LockedJar } from '../../src/local/lock.js';
import { copyPom, ivyFile, type JarTool } from '../../src/local/maven.js';
import type { LocalProgress } from '../../src/local/model.js';
import { clearStaging, stagingBeside } from '../../src/local/tool.js';

const jarOf = (at: string, content: string): LockedJar => ({
  at,
  sha256: createHash('sha256').update(content).digest('hex'),
  size: content.length,
});
const one = jarOf('org.example:one:1.0', 'the first jar');
const two = jarOf('org.example:two:2.0', 'the second jar');

/** A cache folder, and an `mvn` that "downloads" out of a shelf and writes down what it was asked for. */
async function setUp(t: ExecutionContext): Promise<{
  dir: string;
  tool: JarTool;
  stock: (jar: LockedJar, content: string) => Promise<void>;
  asked: () => Promise<string>;
  fetch: (jars: readonly LockedJar[]) => Promise<LocalProgress[]>;
}> {
  const base = await mkdtemp(join(tmpdir(), 'jars-'));
  t.teardown(() => rm(base, { recursive: true, force: true }));
  const shelf = join(base, 'shelf');
  const dir = join(base, 'cache');
  await mkdir(shelf);
  const script = `#!/bin/sh
cp pom.xml '${base}/asked.xml'
out=$(sed -n 's:.*<outputDirectory>\\(.*\\)</outputDirectory>.*:\\1:p' pom.xml)
for name in $(sed -n 's:.*<destFileName>\\(.*\\)</destFileName>.*:\\1:p' pom.xml); do
  if [ ! -f "${shelf}/$name" ]; then echo "[ERROR] could not find $name"; exit 1; fi
  cp "${shelf}/$name" "$out/$name"
  echo "[INFO] Downloaded from somewhere: x/$name (1 kB at 1 kB/s)"
done
`;
  const mvn = join(base, 'mvn');
  await writeFile(mvn, script, { mode: 0o755 });
  const tool: JarTool = { kind: 'mvn', mvn };
  return {
    dir,
    tool,
    stock: (jar, content) => writeFile(join(shelf, jarFileName(jar)), content),
    asked: () => readFile(join(base, 'asked.xml'), 'utf8'),
    fetch: async (jars) => {
      const seen: LocalProgress[] = [];
      await fetchJars(dir, jars, tool, { report: (progress) => seen.push(progress) });
      return seen;
    },
  };
}

test('jars are fetched, verified, put in place and counted', async (t) => {
  const { dir, stock, fetch } = await setUp(t);
  await stock(one, 'the first jar');
  await stock(two, 'the second jar');
  t.deepEqual(await missingJars(dir, [one, two]), [one, two]);

  const progress = await fetch([one, two]);
  t.deepEqual(await missingJars(dir, [one, two]), []);
  t.deepEqual(progress.at(-1), { step: 'jars', message: jarFileName(two), done: 2, total: 2 });
  t.deepEqual((await readdir(dir)).sort(), [jarFileName(one), jarFileName(two)], 'nothing else is left behind');
});

test('a damaged jar counts as missing, whatever its size', async (t) => {
  const { dir, stock, fetch } = await setUp(t);
  await stock(one, 'the first jar');
  await fetch([one]);
  await writeFile(join(dir, jarFileName(one)), 'the first jaR');
  t.deepEqual(await missingJars(dir, [one]), [one]);
  await fetch([one]);
  t.deepEqual(await missingJars(dir, [one]), []);
});

test('what an interrupted fetch brought is not fetched again', async (t) => {
  const { dir, stock, fetch, asked } = await setUp(t);
  await stock(one, 'the first jar');
  await t.throwsAsync(fetch([one, two]), { code: 'LOCAL', message: /could not find org\.example@two@2\.0\.jar/ });
  const still = await missingJars(dir, [one, two]);
  t.deepEqual(still, [two]);

  await stock(two, 'the second jar');
  await fetch(still);
  t.false((await asked()).includes('<artifactId>one</artifactId>'));
  t.deepEqual(await missingJars(dir, [one, two]), []);
});

test('a jar that is not the one in the lock file is refused by name and never put in place', async (t) => {
  const { dir, stock, fetch } = await setUp(t);
  await stock(one, 'the first jar');
  await stock(two, 'something else');
  await t.throwsAsync(fetch([one, two]), { code: 'LOCAL', message: /org\.example:two:2\.0/ });
  t.deepEqual(await readdir(dir), [jarFileName(one)]);
});

test('two fetches at once end with every jar in place', async (t) => {
  const { dir, stock, fetch } = await setUp(t);
  await stock(one, 'the first jar');
  await stock(two, 'the second jar');
  await Promise.all([fetch([one, two]), fetch([one, two])]);
  t.deepEqual(await missingJars(dir, [one, two]), []);
  t.is((await readdir(dir)).length, 2);
});

test('a stopped fetch rejects with the reason of the signal and leaves no half-made folder', async (t) => {
  const { dir, tool, stock } = await setUp(t);
  await stock(one, 'the first jar');
  const reason = new Error('enough');
  const options = { report: () => undefined, signal: AbortSignal.abort(reason) };
  t.is(await t.throwsAsync(fetchJars(dir, [one], tool, options)), reason);
  t.deepEqual(await readdir(dir), []);
});

test('the generated pom copies exactly the list, with classifiers, and escapes the folder', (t) => {
  const pom = copyPom([one, { ...two, at: 'org.example:two:2.0:tests' }], '/a&b');
  t.is(pom.match(/<artifactItem>/g)?.length, 2);
  t.true(pom.includes('<classifier>tests</classifier>'));
  t.true(pom.includes('<outputDirectory>/a&amp;b</outputDirectory>'));
  t.false(pom.includes('<dependencies>'), 'dependencies would be resolved transitively');
});

test('folders that a killed fetch left half-made are cleared away', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'jars-'));
  t.teardown(() => rm(dir, { recursive: true }));
  await writeFile(join(await stagingBeside(dir, 'jars'), 'half.jar'), 'x');
  await writeFile(join(dir, 'whole.jar'), 'x');
  await clearStaging(dir);
  t.deepEqual(await readdir(dir), ['whole.jar']);
  await t.notThrowsAsync(clearStaging(join(dir, 'nowhere')));
});

test('the list for Ivy names one jar for each module and follows nothing', (t) => {
  const list = ivyFile([one, { ...two, at: 'org.example:two:2.0:tests' }]);
  t.is(list.match(/<dependency /g)?.length, 2);
  t.is(list.match(/transitive="false"/g)?.length, 2);
  t.true(list.includes('<artifact name="two" type="jar" ext="jar" m:classifier="tests"/>'));
});

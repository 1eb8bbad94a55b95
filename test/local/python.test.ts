import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { theLock } from '../../src/local/lock.js';
import { findPython, openSparkEnv, pipNews, pythonFits, sparkEnvDir } from '../../src/local/python.js';

async function fakePython(t: ExecutionContext, version: string, venv: 'yes' | 'no'): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'python-'));
  t.teardown(() => rm(dir, { recursive: true }));
  const file = join(dir, 'python3');
  await writeFile(file, `#!/bin/sh\necho '${file}'\necho ${version}\necho ${venv}\n`, { mode: 0o755 });
  return file;
}

test('Pythons that PySpark 3.5 runs on fit, others do not', (t) => {
  for (const version of ['3.9.18', '3.11.7', '3.13.0']) t.true(pythonFits(version), version);
  for (const version of ['2.7.18', '3.8.18', '3.14.1', '4.0.0', '']) t.false(pythonFits(version), version);
});

test('a Python that can make an environment is taken', async (t) => {
  const file = await fakePython(t, '3.11.7', 'yes');
  t.is((await findPython(file)).version, '3.11.7');
});

test('a Python without venv is answered with what to install', async (t) => {
  const file = await fakePython(t, '3.11.7', 'no');
  await t.throwsAsync(findPython(file), { code: 'CONFIG_INVALID', message: /apt install python3-venv/ });
});

test('a Python that is too new is named with what would do', async (t) => {
  const file = await fakePython(t, '3.14.1', 'yes');
  await t.throwsAsync(findPython(file), { code: 'CONFIG_INVALID', message: /3\.9 to 3\.13.*3\.14\.1/ });
});

test('a Python that is not there is said to be missing', async (t) => {
  await t.throwsAsync(findPython('/nowhere/python3'), {
    code: 'CONFIG_INVALID',
    message: /\/nowhere\/python3 is no Python that can be run/,
  });
});

test('another Python or another lock means another environment', (t) => {
  const lock = theLock();
  const python = { executable: '/usr/bin/python3', version: '3.11.7' };
  const here = sparkEnvDir('/cache', lock, python);
  t.is(sparkEnvDir('/cache', lock, { ...python }), here);
  t.not(sparkEnvDir('/cache', lock, { ...python, version: '3.11.8' }), here);
  const sha256 = createHash('sha256').update('other').digest('hex');
  const other = {
    ...lock,
    pypi: { ...lock.pypi, spark: [{ name: 'pyspark', version: '3.5.9', sha256: [sha256] as [string] }] },
  };
  t.not(sparkEnvDir('/cache', other, python), here);
});

test('an environment that was not finished, or lost a file, is not opened', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'env-'));
  t.teardown(() => rm(dir, { recursive: true }));
  t.is(await openSparkEnv(dir), undefined);
  await writeFile(join(dir, 'livywire-manifest.json'), JSON.stringify({ spark: 'lib', files: { 'a.jar': 3 } }));
  t.is(await openSparkEnv(dir), undefined);
});

test("pip's talk is cut down to what a person wants to know", (t) => {
  t.is(pipNews('  Downloading pyspark-3.5.8.tar.gz (317.8 MB)'), 'pyspark-3.5.8.tar.gz (317.8 MB)');
  t.is(pipNews('  Using cached numpy-1.26.4-cp311.whl (18.3 MB)'), 'numpy-1.26.4-cp311.whl (18.3 MB)');
  t.is(pipNews('Building wheel for pyspark (pyproject.toml): started'), 'unpacking pyspark');
  t.is(pipNews('Looking in links: /x'), undefined);
});

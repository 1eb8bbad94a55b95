import { readFile } from 'node:fs/promises';
import test from 'ava';
import { coordinates, jarFileName, parseLock, requirements, theLock } from '../../src/local/lock.js';

const hash = 'a'.repeat(64);
const good = {
  v: 1,
  maven: { livy: [{ at: 'org.example:tool:1.0', sha256: hash, size: 3 }], hadoop: [], aws: [] },
  pypi: { build: [], spark: [{ name: 'pyspark', version: '3.5.8', sha256: [hash] }], java: [], moto: [] },
};

test('the lock file that ships pins every file by name, version and hash', (t) => {
  const lock = theLock();
  t.true(lock.maven.livy.length > 100);
  t.true(lock.maven.hadoop.length > 100);
  t.true(lock.maven.livy.some(({ at }) => at.startsWith('org.apache.livy:livy-server:')));
  t.true(lock.pypi.spark.some(({ name }) => name === 'pyspark'));
});

test('the lock file names no registry and no path of any machine', async (t) => {
  const text = await readFile(new URL('../../src/local/livy.lock.json', import.meta.url), 'utf8');
  t.false(text.includes('/'), 'an address or a path needs a slash');
  t.false(text.includes('\\'));
});

test('no two jars of the lock file share a file name unless they are the same jar', (t) => {
  const { livy, hadoop } = theLock().maven;
  const hashes = new Map<string, string>();
  for (const jar of [...livy, ...hadoop]) {
    const name = jarFileName(jar).toLowerCase(); // macOS folds case
    t.is(hashes.get(name) ?? jar.sha256, jar.sha256, name);
    hashes.set(name, jar.sha256);
  }
});

test('a lock file with an address in it, an odd hash or an unknown field is refused', (t) => {
  t.notThrows(() => parseLock(good));
  const jar = good.maven.livy[0];
  t.throws(() => parseLock({ ...good, maven: { ...good.maven, livy: [{ ...jar, url: 'https://example.com' }] } }));
  t.throws(() => parseLock({ ...good, maven: { ...good.maven, livy: [{ ...jar, at: 'https://example.com/x' }] } }));
  t.throws(() => parseLock({ ...good, maven: { ...good.maven, livy: [{ ...jar, sha256: 'abc' }] } }));
  t.throws(() => parseLock({ ...good, v: 2 }));
});

test('coordinates have a classifier only where one is given', (t) => {
  t.deepEqual(coordinates({ at: 'g.h:a:1' }), { group: 'g.h', artifact: 'a', version: '1' });
  t.deepEqual(coordinates({ at: 'g.h:a:1:tests' }), { group: 'g.h', artifact: 'a', version: '1', classifier: 'tests' });
});

test('requirements carry every hash and the marker in the form pip reads', (t) => {
  const text = requirements([
    { name: 'a', version: '1', sha256: [hash, 'b'.repeat(64)] },
    { name: 'n', version: '2', marker: "python_version < '3.12'", sha256: [hash] },
  ]);
  t.is(
    text,
    `a==1 \\\n    --hash=sha256:${hash} \\\n    --hash=sha256:${'b'.repeat(64)}\n` +
      `n==2 ; python_version < '3.12' \\\n    --hash=sha256:${hash}\n`,
  );
});

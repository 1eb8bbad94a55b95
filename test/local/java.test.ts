import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { chooseJava, javaMajor, readJava } from '../../src/local/java.js';

test('the major version is read from old and new version strings', (t) => {
  t.is(javaMajor('17.0.15'), 17);
  t.is(javaMajor('1.8.0_402'), 8);
  t.is(javaMajor('"11.0.2"'), 11);
  t.is(javaMajor('25'), 25);
  t.is(javaMajor('garbage'), undefined);
});

test('the first Java that fits is taken, and a newer one is passed over', (t) => {
  const java25 = { home: '/j25', major: 25 };
  const java21 = { home: '/j21', major: 21 };
  const java11 = { home: '/j11', major: 11 };
  const java17 = { home: '/j17', major: 17 };
  t.is(chooseJava([java25, java11, java17]), java11);
  t.is(chooseJava([java25, java21]), undefined);
  t.is(chooseJava([]), undefined);
});

test('a Java home is read from its release file without starting it', async (t) => {
  const home = await mkdtemp(join(tmpdir(), 'java-home-'));
  t.teardown(() => rm(home, { recursive: true }));
  await writeFile(join(home, 'release'), 'IMPLEMENTOR="x"\nJAVA_VERSION="17.0.9"\n');
  t.deepEqual(await readJava(home), { home, major: 17 });
});

test('a Java home without a release file is asked', async (t) => {
  const home = await mkdtemp(join(tmpdir(), 'java-home-'));
  t.teardown(() => rm(home, { recursive: true }));
  await mkdir(join(home, 'bin'));
  await writeFile(join(home, 'bin', 'java'), '#!/bin/sh\necho \'openjdk version "1.8.0_402"\' >&2\n');
  await chmod(join(home, 'bin', 'java'), 0o755);
  t.deepEqual(await readJava(home), { home, major: 8 });
});

test('a folder that holds no Java is none', async (t) => {
  const home = await mkdtemp(join(tmpdir(), 'java-home-'));
  t.teardown(() => rm(home, { recursive: true }));
  t.is(await readJava(home), undefined);
});

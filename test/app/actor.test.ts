import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { execa } from 'execa';
import { findActor } from '../../src/app/actor.js';

test('the actor has the commit of the folder it was called in, from below too, and whether files of it have changed', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'livywire-actor-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const below = join(folder, 'jobs');
  await mkdir(below);
  const seen = async (cwd: string) => (await findActor({ env: {}, cwd })).git;
  const git = async (...args: string[]): Promise<string> =>
    (await execa('git', ['-c', 'user.name=n', '-c', 'user.email=e@example.org', ...args], { cwd: folder })).stdout;
  t.is(await seen(below), undefined, 'no repository');

  await git('init', '--quiet');
  t.is(await seen(below), undefined, 'no commit yet');
  await writeFile(join(below, 'etl.py'), 'one\n');
  await git('add', '.');
  await git('commit', '--quiet', '-m', 'one');
  const commit = await git('rev-parse', 'HEAD');
  t.deepEqual(await seen(below), { commit, dirty: false });

  await writeFile(join(folder, 'other.txt'), 'not of it\n');
  t.deepEqual(await seen(folder), { commit, dirty: false });
  await writeFile(join(below, 'etl.py'), 'two\n');
  t.deepEqual(await seen(below), { commit, dirty: true });
});

import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { cli, tempFolder } from '../helpers/cli.js';
import { verbs } from '../../src/cli/verbs.js';

const script = async (shell: string): Promise<string> => (await cli(['completion', shell])).stdout;
const has = (shell: string): boolean => {
  try {
    execFileSync(shell, ['-c', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

/** What bash offers for a line that ends where the cursor is. */
async function bashOffers(t: Parameters<typeof tempFolder>[0], ...words: readonly string[]): Promise<string[]> {
  const file = join(await tempFolder(t), 'livywire.bash');
  await writeFile(file, await script('bash'));
  const list = ['livywire', ...words].map((word) => `'${word}'`).join(' ');
  const ask = `source '${file}'; COMP_WORDS=(${list}); COMP_CWORD=${words.length}; _livywire; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['--norc', '-c', ask], { encoding: 'utf8' }).trim().split('\n');
}

test('bash completes verbs, flags of a verb, values of a flag, and words of local', async (t) => {
  t.deepEqual((await bashOffers(t, '')).sort(), [...Object.keys(verbs), '--help', '--version'].sort());
  t.deepEqual((await bashOffers(t, 'ex')).sort(), ['exec', 'explain', 'explain-run']);
  t.deepEqual(await bashOffers(t, 'run', '--driver-m'), ['--driver-memory']);
  t.deepEqual(await bashOffers(t, 'wait', '--on-timeout', ''), ['leave', 'cancel']);
  t.deepEqual(await bashOffers(t, 'local', ''), ['up', 'status', 'logs', 'down']);
});

for (const shell of ['bash', 'zsh', 'fish']) {
  test(`the ${shell} script names every verb and its flags, and none that is hidden`, async (t) => {
    const text = await script(shell);
    for (const verb of Object.keys(verbs)) t.true(text.includes(verb), verb);
    t.regex(text, /exit-retryable/);
    t.notRegex(text, /keytab/);
  });

  (has(shell) ? test : test.skip)(`${shell} takes its script without complaint`, async (t) => {
    const file = join(await tempFolder(t), `livywire.${shell}`);
    await writeFile(file, await script(shell));
    t.notThrows(() => execFileSync(shell, ['-n', file], { stdio: 'pipe' }));
  });
}

test('another shell is answered with those there are', async (t) => {
  const { code, stderr } = await cli(['completion', 'fisch']);
  t.is(code, 2);
  t.regex(stderr, /"fisch" is not one of bash, zsh, fish; did you mean fish\?/);
});

test('a shell that has no script is not taken for a typo of another', async (t) => {
  for (const shell of ['tcsh', 'ksh', 'sh']) {
    const { code, stderr } = await cli(['completion', shell]);
    t.is(code, 2);
    t.regex(stderr, /is not one of bash, zsh, fish$/m, shell);
  }
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { systemSettingsIo } from '../../src/app/index.js';

test('a file that is not there is undefined, one that cannot be read is an error', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'livywire-test-'));
  t.teardown(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'x'), 'text');
  t.is(await systemSettingsIo.readFile(join(folder, 'x')), 'text');
  t.is(await systemSettingsIo.readFile(join(folder, 'y')), undefined);
  t.is(await systemSettingsIo.readFile(join(folder, 'x', 'y')), undefined);
  await t.throwsAsync(systemSettingsIo.readFile(folder), { name: 'ConfigError', message: /could not be read: EISDIR/ });
});

test('a token command gives the one word it prints', async (t) => {
  t.is(await systemSettingsIo.runCommand('echo abc.def', '--token-command'), 'abc.def');
});

test('a token command that fails is named by its setting and its last words, without the command', async (t) => {
  const error = await t.throwsAsync(
    systemSettingsIo.runCommand('echo "not logged in" >&2; exit 3 # hunter2', '--token-command'),
    {
      name: 'ConfigError',
      message: /^--token-command: the command ended with 3: not logged in$/,
    },
  );
  t.notRegex(error.message, /hunter2/);
});

test('a token command that prints no token, or a page, is refused without showing it', async (t) => {
  for (const command of ['true', 'echo hunter2 hunter2']) {
    const error = await t.throwsAsync(systemSettingsIo.runCommand(command, 'LIVYWIRE_TOKEN_COMMAND'), {
      message: /should print one word/,
    });
    t.notRegex(error.message, /hunter2/);
  }
});

import process from 'node:process';
import test from 'ava';
import { fileLedger } from '../../src/run/index.js';
import { attemptOf } from '../helpers/engine.js';
import { FolderBackend } from '../helpers/folder-backend.js';
import { steps, submitters } from '../helpers/submitter-process.js';

// The server of these tests refuses no name: only the engine stands between a key and a second application.

test.serial('six processes that submit one key at once start one application', async (t) => {
  const { spawn, server } = await submitters(t);
  const results = await Promise.all(Array.from({ length: 6 }, () => spawn().result()));
  t.is(await new FolderBackend(server).applications(), 1);
  t.is(await new FolderBackend(server).posts(), 1);
  t.is(new Set(results.map(({ ref }) => ref.name)).size, 1);
  t.is(results.filter(({ how }) => how === 'started').length, 1);
});

for (const step of steps) {
  test.serial(`a process killed ${step} leaves work that the next one finishes, with one application`, async (t) => {
    const { spawn, server, ledger } = await submitters(t);
    const first = spawn({ at: step });
    await first.reached();
    await first.kill();
    const { ref } = await spawn().result();
    t.is(ref.attempt, 1);
    t.is(await new FolderBackend(server).applications(), 1);
    const left = await attemptOf(fileLedger(ledger), 'k');
    t.is(left.phase, 'started');
    t.is(left.claim, undefined);
  });
}

const posix = process.platform === 'linux' ? test.serial : test.serial.skip;

posix('a process paused before its request, taken over from elsewhere and resumed sends nothing more', async (t) => {
  const { spawn, server } = await submitters(t);
  const first = spawn({ at: 'after the intent', how: 'stop' });
  await first.reached();
  await first.stopped();
  const second = await spawn({ host: 'elsewhere' }).result();
  t.is(second.how, 'started');
  first.resume();
  const late = await first.result();
  t.is(late.how, 'adopted');
  t.is(late.ref.name, second.ref.name);
  t.is(await new FolderBackend(server).applications(), 1);
  t.is(await new FolderBackend(server).posts(), 1);
});

posix(
  'a process paused in the middle of its request is stopped by the name, where the server keeps names',
  async (t) => {
    const { spawn, server } = await submitters(t);
    const first = spawn({ at: 'before the request', how: 'stop', refusesNames: true });
    await first.reached();
    await first.stopped();
    const second = await spawn({ host: 'elsewhere', refusesNames: true }).result();
    t.is(second.how, 'started');
    first.resume();
    t.is((await first.result()).how, 'adopted');
    t.is(await new FolderBackend(server).applications(), 1);
    t.is(await new FolderBackend(server).posts(), 2);
  },
);

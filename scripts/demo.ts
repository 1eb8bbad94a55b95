/**
 * `npm run demo`: a real Livy and Spark on this machine, one job through them, as a user would type it. Stops what
 * it started, also when it is interrupted: then the step that is under way ends, and no other one follows.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = join(root, 'src/cli/bin.ts');
const folder = await mkdtemp(join(tmpdir(), 'livywire-demo-'));
// An instance and a ledger of its own: nothing of the person's is touched, and nothing is left.
const own = Object.entries(process.env).filter(([name]) => !name.startsWith('LIVYWIRE_'));
const env = { ...Object.fromEntries(own), XDG_STATE_HOME: join(folder, 'state') };

type Stop = 'SIGINT' | 'SIGTERM' | 'SIGHUP';
let stopped: Stop | undefined;
let current: ChildProcess | undefined;
let clearing = false;

/** Runs a livywire line as if it had been typed here. Resolves with its exit code. */
async function type(words: readonly string[], extra: Readonly<Record<string, string>> = {}): Promise<number> {
  const said = Object.entries(extra).map(([name, value]) => `${name}=${value} `);
  console.error(`\n$ ${said.join('')}livywire ${words.map((word) => word.replace(folder, '$TMP')).join(' ')}`);
  const child = spawn(process.execPath, ['--import=tsx', bin, ...words], {
    cwd: root,
    env: { ...env, ...extra },
    stdio: ['inherit', words[0] === 'local' ? 'pipe' : 'inherit', 'inherit'],
    detached: clearing, // in a group of its own it does not hear an impatient second Ctrl-C
  });
  current = child;
  child.stdout?.on('data', (chunk: Buffer) => {
    process.stdout.write(chunk);
    url = /http:\/\/127\.0\.0\.1:\d+/.exec(String(chunk))?.[0] ?? url;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? (signal ? 128 + constants.signals[signal] : 1)));
  });
}

/** A step, unless we were asked to stop; then the signal's code. */
async function step(...line: Parameters<typeof type>): Promise<number> {
  const code = stopped === undefined ? await type(...line) : 0;
  return stopped === undefined ? code : 128 + constants.signals[stopped];
}

let url = '';
let code: number;
// A terminal sends its signals to the child too, kill does not. A second one while clearing up changes nothing.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (stopped !== undefined) return;
    stopped = signal;
    if (!clearing) current?.kill(signal);
  });
}
try {
  code = await step(['local', 'up', '--name', 'demo']);
  if (code === 0) {
    const words = [
      'run',
      '--key',
      'demo/wordcount',
      'jobs/wordcount.py',
      join(root, 'LICENSE'),
      join(folder, 'counts'),
    ];
    code = await step(words, { LIVYWIRE_URL: url });
  }
  if (code === 0) code = await step(['ls'], { LIVYWIRE_URL: url });
} finally {
  clearing = true;
  const down = await type(['local', 'down', '--name', 'demo']);
  // The folder is what finds the servers again: it goes only once they are gone.
  if (down === 0) await rm(folder, { recursive: true, force: true });
  else console.error(`not stopped; to stop it: XDG_STATE_HOME=${env.XDG_STATE_HOME} livywire local down --name demo`);
}
process.exitCode = code;

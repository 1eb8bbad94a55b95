/**
 * `npm run demo`: a real Livy and Spark on this machine, one job through them, as a user would type it. Stops what
 * it started, also when it is interrupted.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = join(root, 'src/cli/bin.ts');
const folder = await mkdtemp(join(tmpdir(), 'livywire-demo-'));
// An instance and a ledger of its own: nothing of the person's is touched, and nothing is left.
const own = Object.entries(process.env).filter(([name]) => !name.startsWith('LIVYWIRE_'));
const env = { ...Object.fromEntries(own), XDG_STATE_HOME: join(folder, 'state') };

/** Runs a livywire line as if it had been typed here. Resolves with its exit code. */
async function type(words: readonly string[], extra: Readonly<Record<string, string>> = {}): Promise<number> {
  const said = Object.entries(extra).map(([name, value]) => `${name}=${value} `);
  console.error(`\n$ ${said.join('')}livywire ${words.map((word) => word.replace(folder, '$TMP')).join(' ')}`);
  const child = spawn(process.execPath, ['--import=tsx', bin, ...words], {
    cwd: root,
    env: { ...env, ...extra },
    stdio: ['inherit', words[0] === 'local' ? 'pipe' : 'inherit', 'inherit'],
  });
  child.stdout?.on('data', (chunk: Buffer) => {
    process.stdout.write(chunk);
    url = /http:\/\/127\.0\.0\.1:\d+/.exec(String(chunk))?.[0] ?? url;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? (signal ? 128 : 1)));
  });
}

let url = '';
let code: number;
// The child gets Ctrl-C too and ends by itself; we stay to clear up.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
try {
  code = await type(['local', 'up', '--name', 'demo']);
  if (code === 0) {
    const words = [
      'run',
      '--key',
      'demo/wordcount',
      'jobs/wordcount.py',
      join(root, 'LICENSE'),
      join(folder, 'counts'),
    ];
    code = await type(words, { LIVYWIRE_URL: url });
  }
  if (code === 0) code = await type(['ls'], { LIVYWIRE_URL: url });
} finally {
  await type(['local', 'down', '--name', 'demo']);
  await rm(folder, { recursive: true, force: true });
}
process.exitCode = code;

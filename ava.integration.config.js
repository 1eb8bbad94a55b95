// Real servers, started by the tests: one file after the other, one test after the other.
import { readdirSync } from 'node:fs';
import process from 'node:process';

const folder = 'test/integration'; // ava runs in the root of the project
// Two runs side by side share the files: they wait more than they work. `1/2` is every second one from the first.
const [part, parts] = (process.env.INTEGRATION_PART ?? '1/1').split('/').map(Number);
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.test.ts'))
  .sort()
  .filter((_, index) => index % parts === part - 1);

export default {
  files: files.map((name) => `${folder}/${name}`),
  extensions: { ts: 'module' },
  nodeArguments: ['--import=tsx'],
  workerThreads: false,
  concurrency: 1,
  serial: true,
  timeout: '10m',
};

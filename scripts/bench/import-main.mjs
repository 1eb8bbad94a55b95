// Imports one module in a process that has done nothing else, and says what that cost: `import-main.mjs <what> <path> [<url>]`.
import { createRequire } from 'node:module';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

const MB = 1_000_000;
const [how = '', path = '', url = ''] = process.argv.slice(2);
const isEsm = !how.startsWith('require');

const load = () => (isEsm ? import(pathToFileURL(path).href) : createRequire(path)(how.slice('require '.length)));
const firstRequests = {
  axios: ({ default: axios }) => axios.get(`${url}/batches/7`),
  livywire: ({ LivyClient }) => new LivyClient({ url }).batches.get(7),
};

globalThis.gc?.();
const [before, cpu, start] = [process.memoryUsage(), process.cpuUsage(), performance.now()];
const loaded = await load();
if (url !== '') await firstRequests[how](loaded);
const ms = performance.now() - start;
const { user, system } = process.cpuUsage(cpu);
const { rss } = process.memoryUsage();
globalThis.gc?.();
const { heapUsed } = process.memoryUsage();
const result = {
  ms,
  cpuMs: (user + system) / 1_000,
  rssMB: (rss - before.rss) / MB,
  heapMB: (heapUsed - before.heapUsed) / MB,
};
process.stdout.write(JSON.stringify(result));
process.exit();

/**
 * Records how YARN's servers give a driver's log, into test/fixtures/hadoop, from a cluster that is up.
 *
 *     npx tsx scripts/record-driver-logs.ts --livy <url> --yarn <url> --log-server <url>
 *
 * Runs jobs/lines.py once, in cluster mode. Bodies are kept byte for byte (one character for each byte), but for addresses and users.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { root } from './gate/project.js';

const { values } = parseArgs({
  options: { livy: { type: 'string' }, yarn: { type: 'string' }, 'log-server': { type: 'string' } },
});
const { livy, yarn, 'log-server': logServer } = values;
if (livy === undefined || yarn === undefined || logServer === undefined) {
  throw new Error('--livy, --yarn and --log-server are needed');
}

const out = join(root, 'test/fixtures/hadoop');
const kept = ['content-type', 'location'];
const neutral: [string, string][] = [
  [new URL(logServer).host, 'history.example:19888'],
  [new URL(yarn).host, 'rm.example:8088'],
  [`localhost:${new URL(yarn).port}`, 'rm.example:8088'],
];

async function ask(url: string) {
  const answer = await fetch(url, {
    redirect: 'manual',
    headers: { Accept: url.includes('/conf?') ? 'application/json' : 'text/plain, */*;q=0.8' },
  });
  return { url, answer, body: Buffer.from(await answer.arrayBuffer()).toString('latin1') };
}

function clean(text: string): string {
  return neutral
    .reduce((done, [from, to]) => done.replaceAll(from, to), text)
    .replaceAll(/\\"user\\":\\"[^"\\]*\\"/g, '\\"user\\":\\"hadoop\\"')
    .replaceAll(/(node\/containerlogs\/container_\w+)\/\w+/g, '$1/hadoop')
    .replaceAll(/localhost_\d+/g, 'node.example_8041')
    .replaceAll(/localhost:(?!8042)\d+/g, 'node.example:8041');
}

async function record(name: string, url: string): Promise<string> {
  const { answer, body } = await ask(url);
  const headers = Object.fromEntries(
    kept.flatMap((key) => (answer.headers.has(key) ? [[key, answer.headers.get(key)]] : [])),
  );
  // Not the long page of a stack trace: its first words tell.
  const short = answer.status >= 400 ? body.slice(0, 700) : body;
  const text = JSON.stringify({ asked: `GET ${url}`, status: answer.status, headers, body: short }, undefined, 1);
  writeFileSync(join(out, `${name}.json`), `${clean(text)}\n`);
  console.log(`${name}: ${answer.status}`);
  return body;
}

async function until<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  for (let i = 0; i < 240; i++) {
    const found = await ask();
    if (found !== undefined) return found;
    await sleep(500);
  }
  throw new Error(`waited in vain for ${what}`);
}

mkdirSync(out, { recursive: true });
const name = `record-${Date.now()}`;
await fetch(`${livy}/batches`, {
  method: 'POST',
  headers: { 'Content-Type': 'application/json', 'X-Requested-By': 'livywire' },
  body: JSON.stringify({ name, file: join(root, 'jobs/lines.py'), args: ['4000', '2'] }),
});
const find = async (url: string, pattern: RegExp) => pattern.exec((await ask(url)).body)?.[1];
const appId = await until('an application', () => find(`${livy}/batches/${name}`, /"appId":"(\w+)"/));
const app = `${yarn}/ws/v1/cluster/apps/${appId}`;
const container = await until('a container', () => find(`${app}/appattempts`, /"containerId":"(container_\w+)"/));
const node = await until('a node', () => find(`${app}/appattempts`, /"nodeHttpAddress":"([\w.:-]+)"/));
neutral.unshift([node, 'node.example:8042'], [node.replace('localhost', '127.0.0.1'), 'node.example:8042']);
const stdout = `http://${node}/ws/v1/node/containers/${container}/logs/stdout`;
await until('lines', () => find(`${stdout}?size=-100`, /(out \d+ of)/));
await record('app-running', `${app}?deSelects=resourceRequests`);
await record('attempts-running', `${app}/appattempts`);
await record('node-first-bytes', `${stdout}?size=100`);
await record('node-last-bytes', `${stdout}?size=-100`);
await record('node-cut-character', `${stdout}?size=-${13 + 2}`);
await record('node-nothing', `${stdout}?size=0`);
await record('node-no-such-file', `http://${node}/ws/v1/node/containers/${container}/logs/nosuch?size=-10`);
await until('the end', () => find(app, /"state":"(FINISHED)"/));
await record(
  'collected-not-yet',
  `${logServer}/ws/v1/history/containerlogs/${container.replace(/_\d+_01_0/, '_9999_01_0')}/stdout?size=-10`,
);
await until('collected logs', () => find(app, /"logAggregationStatus":"(SUCCEEDED)"/));
await record('app-over', `${app}?deSelects=resourceRequests`);
await record('attempts-over', `${app}/appattempts`);
await record('node-after-end', `${stdout}?size=-100`);
await record('collected-last-bytes', `${logServer}/ws/v1/history/containerlogs/${container}/stdout?size=-100`);
await record(
  'collected-no-container',
  `${logServer}/ws/v1/history/containerlogs/${container.replace(/\d$/, '9')}/stdout?size=-10`,
);
for (const setting of ['yarn.log.server.url', 'yarn.log.server.web-service.url']) {
  await record(`conf-${setting.replaceAll('.', '-')}`, `${yarn}/conf?name=${setting}&format=json`);
}

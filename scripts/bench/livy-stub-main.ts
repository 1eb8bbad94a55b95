/**
 * Stands in for Livy where Livy's own speed would hide the client's: answers at once, from memory. Told on its command line to lose the reply of every so
 * many POSTs, 0 for none. A process of its own; its address is its first line, and it ends with its standard input.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import process from 'node:process';

const loseEvery = Number(process.argv[2] ?? 0);
/** By the name, or else by the id. */
const known = new Map<string, string>();
/** What was started, under the arguments that it was started with. */
const started: string[] = [];
let [requests, posts] = [0, 0];

/** A batch as Livy 0.8 shows it. */
const view = (id: number, name: string | null): string =>
  JSON.stringify({
    id,
    name,
    owner: null,
    proxyUser: null,
    state: 'running',
    appId: 'application_1700000000000_0007',
    appInfo: {
      driverLogUrl: 'http://node-1:8042/node/containerlogs/container_1700000000000_0007_01_000001/livy',
      sparkUiUrl: 'http://node-0:20888/proxy/application_1700000000000_0007/',
    },
    log: [
      'stdout: ',
      ...Array.from({ length: 7 }, (_, i) => `25/11/01 02:00:0${i} INFO Client: Application report`),
      '\nstderr: ',
    ],
  });
const plain = view(7, null);
const state = JSON.stringify({ id: 7, state: 'running' });

const server = createServer((request, response) => {
  const reply = (status: number, text: string): void => {
    response.writeHead(status, {
      'content-type': 'application/json;charset=utf-8',
      'content-length': Buffer.byteLength(text),
    });
    response.end(text);
  };
  const { pathname } = new URL(request.url ?? '/', 'http://stub');
  requests++;
  if (pathname === '/bench') return reply(200, JSON.stringify({ requests: requests - 1, posts, started }));
  if (request.method !== 'POST') {
    if (pathname.endsWith('/version')) return reply(200, JSON.stringify({ version: '0.8.0-incubating' }));
    const [, word = '', part] = /\/batches\/([^/]+)(\/\w+)?$/.exec(pathname) ?? [];
    if (part === '/state') return reply(200, state);
    if (/^\d+$/.test(word)) return reply(200, known.get(word) ?? plain);
    const found = known.get(decodeURIComponent(word));
    return found === undefined ? reply(404, '{"msg":"Session not found."}') : reply(200, found);
  }
  let text = '';
  request.setEncoding('utf8').on('data', (part: string) => (text += part));
  request.on('end', () => {
    const { name = null, args = [] } = JSON.parse(text) as { name?: string | null; args?: string[] };
    if (name !== null && known.has(name)) return reply(400, '{"msg":"Rejected, Reason: Duplicate session name"}');
    const id = posts++;
    const made = view(id, name);
    known.set(String(id), made);
    if (name !== null) known.set(name, made);
    started.push(args.join(' '));
    if (loseEvery > 0 && posts % loseEvery === 0) return void request.socket.resetAndDestroy();
    reply(201, made);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
process.stdin.resume().on('end', () => process.exit());

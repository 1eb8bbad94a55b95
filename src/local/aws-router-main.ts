/** The program before moto: `aws-router <configuration file>`. It ends with the process. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import process from 'node:process';
import { systemClock } from '../core/index.js';
import { Moto } from './aws-moto.js';
import { Proxy } from './aws-proxy.js';
import { parseRouterConfig } from './aws-router-config.js';

const config = parseRouterConfig(await readFile(process.argv[2] ?? '', 'utf8'));
const moto = new Moto(config.moto);
const proxy = new Proxy(config.moto);
let isReady = false;

const server = createServer((request, response) => {
  if (request.url === '/_livywire/health') {
    response.writeHead(isReady ? 200 : 503).end();
    return;
  }
  proxy.forward(request, response);
});
server.listen(config.port, '127.0.0.1');

while (!(await moto.answers())) await systemClock.sleep(100);
await moto.put(config.bucket);
isReady = true;

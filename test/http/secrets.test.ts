import { inspect } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { type Logger } from '../../src/core/index.js';
import { basicAuth, bearerAuth, createNetwork, headerAuth, Http, type HttpOptions } from '../../src/http/index.js';
import { connectProxy } from '../helpers/connect-proxy.js';
import { closedPort } from '../helpers/raw-server.js';
import { recordingClock } from '../helpers/recording-clock.js';
import { socksServer } from '../helpers/socks-server.js';
import { tlsFiles } from '../helpers/tls.js';
import { json, redirect, reset, type Respond, text, webServer } from '../helpers/web-server.js';

const PASSWORD = 'Sw0rdfish-hunter22';
const TOKEN = 'eyTokenTokenTokenToken';
const API_KEY = 'Key-0123456789';
const CONF_SECRET = 'Conf-Value-98765';
const QUERY_SECRET = 'Query-Value-55555';
const PROXY_PASSWORD = 'Proxy-Word-4242';
const BASE64 = Buffer.from(`hadoop:${PASSWORD}`).toString('base64');
const secrets = [PASSWORD, TOKEN, API_KEY, CONF_SECRET, QUERY_SECRET, PROXY_PASSWORD, BASE64];

/** Everything that anyone could print of it: fields hidden or not, the whole chain of causes. */
function everythingOf(thing: unknown): string {
  const parts: string[] = [];
  for (let one = thing, depth = 0; one !== undefined && one !== null && depth < 10; depth += 1) {
    parts.push(inspect(one, { depth: 20, showHidden: true, maxStringLength: null }), JSON.stringify(one) ?? '');
    if (one instanceof Error)
      parts.push(one.message, one.stack ?? '', JSON.stringify(Object.getOwnPropertyDescriptors(one)));
    one = (one as { cause?: unknown }).cause;
  }
  return parts.join('\n');
}

function assertClean(t: ExecutionContext, thing: unknown, what: string) {
  const all = everythingOf(thing);
  for (const secret of secrets) t.false(all.includes(secret), `${what} shows ${secret}: ${all.slice(0, 3_000)}`);
}

/** Says back everything about us, as careless servers do. */
const echo =
  (status: number): Respond =>
  (seen, ...rest) => {
    const said = [seen.headers.authorization, seen.headers['x-api-key']].flat().join(' ');
    json({ msg: `you said ${said} password=${PASSWORD}`, headers: seen.headers, url: seen.url }, status)(seen, ...rest);
  };

const auths: Record<string, Partial<HttpOptions>> = {
  basic: { auth: basicAuth('hadoop', PASSWORD) },
  bearer: { auth: bearerAuth(async () => TOKEN) },
  headers: { auth: headerAuth({ 'X-Api-Key': API_KEY }) },
  'own headers': { headers: { 'X-Api-Key': API_KEY } },
};
const broken: Record<string, Respond> = {
  'an echo of 400': echo(400),
  'an echo of 401': echo(401),
  'an echo of 403': echo(403),
  'an echo of 500': echo(500),
  'an echo that is not JSON': ({ headers, url }, response) =>
    response.end([headers.authorization, headers['x-api-key'], url].flat().join(' ')),
  'a reset': reset,
  'a broken answer': (_, response, request) => {
    response.writeHead(200, { 'Content-Length': 100 }).write('{');
    setImmediate(() => request.socket.destroy());
  },
  silence: () => undefined,
  'a redirect to another host': redirect(307, `http://hadoop:${PASSWORD}@127.0.0.1:1/?token=${QUERY_SECRET}`),
  'a redirect to another scheme': redirect(307, `ftp://hadoop:${PASSWORD}@127.0.0.1:1/?token=${QUERY_SECRET}`),
};

for (const [authName, auth] of Object.entries(auths)) {
  for (const [name, respond] of Object.entries(broken)) {
    test(`after ${name}, an error shows nothing of ${authName}, the query or the body`, async (t) => {
      const server = await webServer(t, respond);
      const logged: unknown[] = [];
      const log = (...all: unknown[]) => void logged.push(all);
      const logger: Logger = { debug: log, info: log, warn: log };
      const http = new Http({
        baseUrl: server.url,
        ...auth,
        timeoutMs: 500,
        logger,
        clock: recordingClock(),
        retries: 1,
      });
      assertClean(t, http, 'the client');
      for (const call of [
        http.get('/x', { query: { token: QUERY_SECRET } }),
        http.getText('/x', { query: { token: QUERY_SECRET } }),
        http.post('/x', { conf: { 'spark.my.setting': CONF_SECRET } }, { query: { token: QUERY_SECRET } }),
      ]) {
        const error: unknown = await call.then(
          () => undefined,
          (reason: unknown) => reason,
        );
        // (getText takes any 2xx)
        if (name !== 'an echo that is not JSON') t.truthy(error);
        assertClean(t, error, name);
      }
      assertClean(t, logged, 'the log');
    });
  }
}

test('a refused token that is said back is masked even after a newer one was fetched', async (t) => {
  let n = 0;
  const tokens = [TOKEN, `${TOKEN}-new`];
  const first = new Set<string>();
  const server = await webServer(t, (seen, ...rest) => {
    first.add(seen.headers.authorization ?? '');
    return json({ msg: `refused: ${[...first].join(' ')}` }, 401)(seen, ...rest);
  });
  const http = new Http({ baseUrl: server.url, auth: bearerAuth(() => tokens[Math.min(n++, 1)] ?? '') });
  const error = await t.throwsAsync(http.post('/', {}));
  t.is(first.size, 2);
  assertClean(t, error, 'the error');
  t.regex(error?.message ?? '', /refused: .*\(redacted\)/);
});

test('the password of a proxy is in no error, client, network or route', async (t) => {
  const socks = await socksServer({ names: {}, user: 'u', password: 'other' });
  const connect = await connectProxy({ names: {}, authorization: 'Basic other' });
  t.teardown(() => Promise.all([socks.close(), connect.close()]));
  for (const at of [
    `socks5h://u:${PROXY_PASSWORD}@127.0.0.1:${socks.port}`,
    `socks4a://${PROXY_PASSWORD}@127.0.0.1:${socks.port}`,
    `http://u:${PROXY_PASSWORD}@127.0.0.1:${connect.port}`,
    `socks5h://u:${PROXY_PASSWORD}@127.0.0.1:${await closedPort()}`,
    `http://u:${PROXY_PASSWORD}@127.0.0.1:${await closedPort()}`,
  ]) {
    for (const baseUrl of ['http://livy.private:8998', 'https://livy.private:8998']) {
      const network = createNetwork({ proxy: at, connectTimeoutMs: 2_000 });
      const http = new Http({ baseUrl, network, retries: 0, auth: basicAuth('hadoop', PASSWORD) });
      const error = await t.throwsAsync(http.post('/', {}));
      for (const thing of [error, network, http, network.route(baseUrl)]) assertClean(t, thing, at.split(':')[0] ?? '');
      network.close();
    }
  }
});

test('keys and passphrases are in no error or network', async (t) => {
  const { cert, encryptedKey } = tlsFiles.client;
  const network = createNetwork({ cert, key: encryptedKey, passphrase: 'open-sesame' });
  t.false(everythingOf(network).includes('open-sesame'));
  const server = await webServer(t, json({}), tlsFiles.server);
  const error = await t.throwsAsync(new Http({ baseUrl: server.url, network }).post('/', {}));
  t.false(everythingOf(error).includes('open-sesame'));
  t.false(everythingOf(error).includes('PRIVATE KEY'));
  network.close();
});

test('control characters from a server do not reach a message', async (t) => {
  const server = await webServer(t, text('\u001b]0;owned\u0007\u001b[2Jred\u202e alert\r\n', 500));
  const error = await t.throwsAsync(new Http({ baseUrl: server.url, retries: 0 }).get('/'));
  t.regex(error?.message ?? '', /: red alert$/);
});

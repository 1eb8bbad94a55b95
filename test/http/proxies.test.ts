import test, { type ExecutionContext } from 'ava';
import { HttpStatusError, UnreachableError } from '../../src/core/index.js';
import { createNetwork, Http, type NetworkOptions } from '../../src/http/index.js';
import { connectProxy, type ConnectProxyOptions } from '../helpers/connect-proxy.js';
import { closedPort } from '../helpers/raw-server.js';
import { socksServer, type SocksOptions } from '../helpers/socks-server.js';
import { tlsFiles } from '../helpers/tls.js';
import { json, webServer } from '../helpers/web-server.js';

const { ca, server: certificate } = tlsFiles;

const socks = async (t: ExecutionContext, options: SocksOptions) => {
  const server = await socksServer(options);
  t.teardown(() => server.close());
  return server;
};
const proxyOf = async (t: ExecutionContext, options: ConnectProxyOptions) => {
  const server = await connectProxy(options);
  t.teardown(() => server.close());
  return server;
};
const client = (t: ExecutionContext, baseUrl: string, options: NetworkOptions) => {
  const network = createNetwork({ ca, ...options });
  t.teardown(() => network.close());
  return new Http({ baseUrl, network, service: 'Livy', retries: 0 });
};

for (const scheme of ['socks5h', 'socks4a', 'socks']) {
  test(`${scheme}: a name that only the proxy knows is resolved there`, async (t) => {
    const server = await webServer(t, json({ ok: true }));
    const proxy = await socks(t, { names: { 'livy.private:8998': { host: '127.0.0.1', port: server.port } } });
    const http = client(t, 'http://livy.private:8998', { proxy: `${scheme}://127.0.0.1:${proxy.port}` });
    t.deepEqual(await http.get('/'), { ok: true });
    t.deepEqual(await http.post('/', { a: 1 }), { ok: true });
    t.deepEqual(new Set(proxy.asked), new Set(['livy.private:8998']));
    t.is(server.seen[0]?.headers.host, 'livy.private:8998');
  });
}

test('socks5: the name is resolved here, so the proxy sees an address', async (t) => {
  const server = await webServer(t, json({ ok: true }));
  const proxy = await socks(t, { names: { [`127.0.0.1:${server.port}`]: { host: '127.0.0.1', port: server.port } } });
  const http = client(t, `http://127.0.0.1:${server.port}`, { proxy: `socks5://127.0.0.1:${proxy.port}` });
  t.deepEqual(await http.get('/'), { ok: true });
  t.is(proxy.connected, 1);
});

test('TLS through SOCKS checks the name that was asked for', async (t) => {
  const server = await webServer(t, json({ ok: true }), certificate);
  const target = { host: '127.0.0.1', port: server.port };
  const proxy = await socks(t, { names: { 'livy.test:443': target, 'wrong.test:443': target } });
  const proxyUrl = `socks5h://127.0.0.1:${proxy.port}`;
  t.deepEqual(await client(t, 'https://livy.test', { proxy: proxyUrl }).get('/'), { ok: true });
  t.is(server.seen[0]?.servername, 'livy.test');
  const error = await t.throwsAsync(client(t, 'https://wrong.test', { proxy: proxyUrl }).post('/', {}), {
    instanceOf: UnreachableError,
  });
  t.is(error?.reached, 'no');
});

test('reads through a proxy share a connection', async (t) => {
  const server = await webServer(t, json({}), certificate);
  const names = { 'livy.test:443': { host: '127.0.0.1', port: server.port } };
  const bySocks = await socks(t, { names });
  const byConnect = await proxyOf(t, { names });
  for (const proxy of [`socks5h://127.0.0.1:${bySocks.port}`, `http://127.0.0.1:${byConnect.port}`]) {
    const http = client(t, 'https://livy.test', { proxy });
    for (let i = 0; i < 5; i += 1) await http.get('/');
  }
  t.is(bySocks.connected, 1);
  t.is(byConnect.asked.length, 1);
});

test('SOCKS credentials are sent, and refused ones mean that nothing was', async (t) => {
  const server = await webServer(t, json({}));
  const names = { 'livy.private:80': { host: '127.0.0.1', port: server.port } };
  const proxy = await socks(t, { names, user: 'us@er', password: 'hunter22' });
  const at = (credentials: string) =>
    client(t, 'http://livy.private', { proxy: `socks5h://${credentials}127.0.0.1:${proxy.port}` });
  t.deepEqual(await at('us%40er:hunter22@').get('/'), {});
  for (const credentials of ['', 'us%40er:hunter33@']) {
    const error = await t.throwsAsync(at(credentials).post('/', {}), { instanceOf: UnreachableError });
    t.is(error?.reached, 'no');
    t.regex(error?.message ?? '', /^Livy at livy\.private through socks5h:\/\/127\.0\.0\.1:\d+ /);
    t.false(error?.message.includes('hunter'));
  }
  t.is(server.seen.length, 1);
});

test('a SOCKS proxy that refuses, is not there, or says nothing: nothing was sent', async (t) => {
  const refusing = await socks(t, { names: {} });
  const silent = await socks(t, { names: {}, silent: true });
  for (const port of [refusing.port, await closedPort(), silent.port]) {
    const http = client(t, 'http://livy.private', { proxy: `socks5h://127.0.0.1:${port}`, connectTimeoutMs: 300 });
    const error = await t.throwsAsync(http.post('/', {}), { instanceOf: UnreachableError });
    t.is(error?.reached, 'no', error?.message);
  }
});

test('the limit for connecting through SOCKS ends with the connection: an answer may take longer', async (t) => {
  const server = await webServer(t, (_, response) => void setTimeout(() => response.end('{}'), 900), certificate);
  const proxy = await socks(t, { names: { 'livy.test:443': { host: '127.0.0.1', port: server.port } } });
  const http = client(t, 'https://livy.test', { proxy: `socks5h://127.0.0.1:${proxy.port}`, connectTimeoutMs: 700 });
  t.deepEqual(await http.get('/'), {});
});

test('a SOCKS proxy that hangs cannot hold a call beyond its limit or its abort', async (t) => {
  const proxy = await socks(t, { names: {}, silent: true });
  const http = client(t, 'http://livy.private', {
    proxy: `socks5h://127.0.0.1:${proxy.port}`,
    connectTimeoutMs: 600_000,
  });
  const error = await t.throwsAsync(http.post('/', {}, { timeoutMs: 100 }), { instanceOf: UnreachableError });
  t.is(error?.reached, 'no');
  const reason = new Error('enough');
  const controller = new AbortController();
  const call = http.get('/', { signal: controller.signal });
  setTimeout(() => controller.abort(reason), 20);
  t.is(await t.throwsAsync(call), reason);
});

test('a reset after the SOCKS connection was made: it may have arrived', async (t) => {
  const server = await webServer(t, (_seen, _response, request) => request.socket.resetAndDestroy());
  const proxy = await socks(t, { names: { 'livy.private:80': { host: '127.0.0.1', port: server.port } } });
  const http = client(t, 'http://livy.private', { proxy: `socks5h://127.0.0.1:${proxy.port}` });
  const error = await t.throwsAsync(http.post('/', {}), { instanceOf: UnreachableError });
  t.is(error?.reached, 'maybe');
});

test('http:// proxy: https goes through CONNECT, http by its whole address, names resolved there', async (t) => {
  const secure = await webServer(t, json({ tls: true }), certificate);
  const plain = await webServer(t, json({ tls: false }));
  const proxy = await proxyOf(t, {
    names: {
      'livy.test:8998': { host: '127.0.0.1', port: secure.port },
      'yarn.private:8088': { host: '127.0.0.1', port: plain.port },
    },
  });
  const options = { proxy: `http://127.0.0.1:${proxy.port}` };
  t.deepEqual(await client(t, 'https://livy.test:8998', options).get('/a'), { tls: true });
  t.deepEqual(await client(t, 'http://yarn.private:8088', options).get('/b', { query: { x: 1 } }), { tls: false });
  t.deepEqual(await client(t, 'http://yarn.private:8088', options).post('/c', { d: 1 }), { tls: false });
  t.deepEqual(proxy.asked, [
    'CONNECT livy.test:8998',
    'GET http://yarn.private:8088/b?x=1',
    'POST http://yarn.private:8088/c',
  ]);
  t.is(plain.seen[0]?.headers.host, 'yarn.private:8088');
  t.is(plain.seen[1]?.body, '{"d":1}');
});

test('https:// proxy: the way to the proxy is encrypted too', async (t) => {
  const secure = await webServer(t, json({ tls: true }), certificate);
  const plain = await webServer(t, json({ tls: false }));
  const proxy = await proxyOf(t, {
    tls: certificate,
    names: {
      'livy.test:8998': { host: '127.0.0.1', port: secure.port },
      'yarn.private:8088': { host: '127.0.0.1', port: plain.port },
    },
  });
  const options = { proxy: `https://localhost:${proxy.port}` };
  t.deepEqual(await client(t, 'https://livy.test:8998', options).get('/'), { tls: true });
  t.deepEqual(await client(t, 'http://yarn.private:8088', options).get('/'), { tls: false });
});

test("a proxy that wants credentials: it gets the address's, and without them nothing was sent", async (t) => {
  const secure = await webServer(t, json({}), certificate);
  const plain = await webServer(t, json({}));
  const proxy = await proxyOf(t, {
    authorization: `Basic ${Buffer.from('us@er:hunter22').toString('base64')}`,
    names: {
      'livy.test:443': { host: '127.0.0.1', port: secure.port },
      'yarn.private:80': { host: '127.0.0.1', port: plain.port },
    },
  });
  for (const url of ['https://livy.test', 'http://yarn.private']) {
    t.deepEqual(await client(t, url, { proxy: `http://us%40er:hunter22@127.0.0.1:${proxy.port}` }).post('/', {}), {});
    const error = await t.throwsAsync(client(t, url, { proxy: `http://127.0.0.1:${proxy.port}` }).post('/', {}), {
      instanceOf: UnreachableError,
    });
    t.is(error?.reached, 'no');
    t.regex(error?.message ?? '', /the proxy .*asks for credentials \(407\); write them into its address/);
  }
  t.is(secure.seen[0]?.headers['proxy-authorization'], undefined);
});

test("a proxy's refusal of CONNECT is not taken for the server's answer", async (t) => {
  for (const status of [403, 404, 502]) {
    const proxy = await proxyOf(t, { names: {}, refuseWith: status });
    const http = client(t, 'https://livy.test', { proxy: `http://127.0.0.1:${proxy.port}` });
    const error = await t.throwsAsync(http.post('/', {}), { instanceOf: UnreachableError });
    t.is(error?.reached, 'no');
    t.regex(error?.message ?? '', new RegExp(`the proxy refused to connect to it \\(${status}\\)`));
  }
});

test('a proxy that cannot find a plain http host answers for itself', async (t) => {
  const proxy = await proxyOf(t, { names: {} });
  const http = client(t, 'http://yarn.private', { proxy: `http://127.0.0.1:${proxy.port}` });
  const error = await t.throwsAsync(http.get('/'), { instanceOf: HttpStatusError });
  t.is(error?.status, 502);
});

test('a proxy that hangs in CONNECT is given up, and its connection with it', async (t) => {
  const proxy = await proxyOf(t, { names: {}, silent: true });
  const http = client(t, 'https://livy.test', { proxy: `http://127.0.0.1:${proxy.port}`, connectTimeoutMs: 300 });
  const error = await t.throwsAsync(http.post('/', {}), { instanceOf: UnreachableError });
  t.is(error?.reached, 'no');
  while ((await proxy.open()) > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const reason = new Error('enough');
  const controller = new AbortController();
  const call = http.get('/', { signal: controller.signal });
  setTimeout(() => controller.abort(reason), 50);
  t.is(await t.throwsAsync(call), reason);
  while ((await proxy.open()) > 0) await new Promise((resolve) => setTimeout(resolve, 5));
});

test('more calls than there may be connections all end when the proxy fails', async (t) => {
  const proxy = await socks(t, { names: {} });
  const http = client(t, 'http://livy.private', { proxy: `socks5h://127.0.0.1:${proxy.port}`, maxSocketsPerHost: 2 });
  const answers = await Promise.allSettled(Array.from({ length: 9 }, () => http.get('/')));
  t.true(answers.every(({ status }) => status === 'rejected'));
});

test('the host map comes before the proxy, which is asked for the mapped address', async (t) => {
  const secure = await webServer(t, json({ tls: true }), certificate);
  const plain = await webServer(t, json({ tls: false }));
  const names = {
    'gateway.private:1443': { host: '127.0.0.1', port: secure.port },
    'gateway.private:1080': { host: '127.0.0.1', port: plain.port },
  };
  const map = ['livy.test=gateway.private:1443', 'yarn.test=gateway.private:1080'];
  const bySocks = await socks(t, { names });
  const byConnect = await proxyOf(t, { names });
  for (const proxy of [`socks5h://127.0.0.1:${bySocks.port}`, `http://127.0.0.1:${byConnect.port}`]) {
    t.deepEqual(await client(t, 'https://livy.test', { proxy, map }).get('/'), { tls: true });
    t.deepEqual(await client(t, 'http://yarn.test:8088', { proxy, map }).get('/'), { tls: false });
  }
  t.deepEqual(
    secure.seen.map(({ servername, headers }) => `${servername} ${headers.host}`),
    ['livy.test livy.test', 'livy.test livy.test'],
  );
  t.is(plain.seen[0]?.headers.host, 'yarn.test:8088');
});

test('a host mapped to this machine is reached directly, past any proxy', async (t) => {
  const server = await webServer(t, json({ ok: true }));
  const http = client(t, 'http://ip-10-0-3-9.ec2.internal:8042', {
    proxy: `socks5h://127.0.0.1:${await closedPort()}`,
    map: [`*.ec2.internal:8042=127.0.0.1:${server.port}`],
  });
  t.deepEqual(await http.get('/'), { ok: true });
});

test('a stated proxy is asked for localhost, which is then its own', async (t) => {
  const server = await webServer(t, json({ far: true }));
  const proxy = await socks(t, { names: { 'localhost:8998': { host: '127.0.0.1', port: server.port } } });
  t.deepEqual(await client(t, 'http://localhost:8998', { proxy: `socks5h://127.0.0.1:${proxy.port}` }).get('/'), {
    far: true,
  });
});

test('a proxy from the environment that was handed in is used, NO_PROXY kept to', async (t) => {
  const server = await webServer(t, json({ ok: true }));
  const proxy = await socks(t, { names: { 'livy.private:80': { host: '127.0.0.1', port: server.port } } });
  const env = { ALL_PROXY: `socks5h://127.0.0.1:${proxy.port}`, NO_PROXY: 'livy.invalid' };
  t.deepEqual(await client(t, 'http://livy.private', { env }).get('/'), { ok: true });
  t.deepEqual(await client(t, `http://127.0.0.1:${server.port}`, { env }).get('/'), { ok: true });
  t.is(proxy.connected, 1);
  await t.throwsAsync(client(t, 'http://livy.invalid', { env }).get('/'), { message: /cannot be resolved/ });
  t.is(client(t, 'http://x', { env }) instanceof Http, true);
});

test('network.route tells the way without credentials', (t) => {
  const network = createNetwork({ proxy: 'socks5h://user:hunter22@bastion:1080' });
  t.deepEqual(network.route('http://livy.private:8998/batches'), {
    host: 'livy.private',
    port: 8998,
    mapped: false,
    proxy: 'socks5h://bastion:1080',
  });
});

import test from 'ava';
import { ConfigError, HttpStatusError } from '../../src/core/index.js';
import { basicAuth, createNetwork, Http } from '../../src/http/index.js';
import { tlsFiles } from '../helpers/tls.js';
import { json, redirect, type Respond, webServer } from '../helpers/web-server.js';

const auth = basicAuth('hadoop', 'hunter22');
const headers = { 'X-Api-Key': 'secret-key' };

for (const status of [301, 302, 303, 307, 308]) {
  test(`a read follows ${status} within its origin, credentials included`, async (t) => {
    const server = await webServer(t, [redirect(status, '/there?x=1'), json({ here: true })]);
    const http = new Http({ baseUrl: `${server.url}/base`, auth, headers });
    t.deepEqual(await http.get('/here'), { here: true });
    t.is(server.seen[1]?.url, '/there?x=1');
    t.truthy(server.seen[1]?.headers.authorization);
    t.is(server.seen[1]?.headers['x-api-key'], 'secret-key');
  });
}

test('a read that is sent to another host goes there without credentials or headers of ours', async (t) => {
  const other = await webServer(t, json({ there: true }));
  const server = await webServer(t, redirect(307, `${other.url}/x`));
  t.deepEqual(await new Http({ baseUrl: server.url, auth, headers }).get('/', { headers: { 'X-Call': 'secret' } }), {
    there: true,
  });
  t.is(other.seen[0]?.headers.authorization, undefined);
  t.is(other.seen[0]?.headers['x-api-key'], undefined);
  t.is(other.seen[0]?.headers['x-call'], undefined);
  t.is(other.seen[0]?.headers['x-requested-by'], 'livywire');
});

for (const pattern of ['127.0.0.1', '127.*']) {
  test(`another host gets our credentials where ${pattern} is allowed`, async (t) => {
    const other = await webServer(t, json({}));
    const server = await webServer(t, redirect(307, `${other.url}/x`));
    const network = createNetwork({ redirectHosts: ['other.corp', pattern] });
    await new Http({ baseUrl: server.url, auth, headers, network }).get('/');
    t.is(other.seen[0]?.headers.authorization, server.seen[0]?.headers.authorization);
    t.is(other.seen[0]?.headers['x-api-key'], 'secret-key');
  });
}

test('all hosts there are cannot be allowed', (t) => {
  for (const pattern of ['*', '*.', '', 'http://livy.corp', 'a b']) {
    t.throws(() => createNetwork({ redirectHosts: [pattern] }), {
      instanceOf: ConfigError,
      message: /not a host to trust/,
    });
  }
});

test('an allowed host is allowed on its port only, where one is named', async (t) => {
  const other = await webServer(t, json({}));
  const server = await webServer(t, redirect(307, other.url));
  const to = (port: number) =>
    new Http({ baseUrl: server.url, auth, network: createNetwork({ redirectHosts: [`127.0.0.1:${port}`] }) }).get('/');
  await to(other.port + 1);
  await to(other.port);
  t.deepEqual(
    other.seen.map((seen) => seen.headers.authorization !== undefined),
    [false, true],
  );
});

test('an allowed host gets nothing of ours in the clear after an encrypted start', async (t) => {
  const plain = await webServer(t, json({ there: true }));
  const server = await webServer(t, redirect(307, plain.url), tlsFiles.server);
  const network = createNetwork({ ca: tlsFiles.ca, redirectHosts: ['127.0.0.1'] });
  const http = new Http({ baseUrl: server.url, auth, headers, network });
  t.deepEqual(await http.get('/'), { there: true });
  t.is(plain.seen[0]?.headers.authorization, undefined);
  t.is(plain.seen[0]?.headers['x-api-key'], undefined);
  await t.throwsAsync(http.post('/batches', {}), {
    instanceOf: HttpStatusError,
    message: /only where that was allowed/,
  });
  t.is(plain.seen.length, 1);
});

for (const status of [307, 308]) {
  test(`a POST follows ${status} to an allowed host with its method, body and credentials`, async (t) => {
    const other = await webServer(t, json({ id: 3 }, 201));
    const server = await webServer(t, redirect(status, `${other.url}/batches`));
    const network = createNetwork({ redirectHosts: ['127.0.0.1'] });
    t.deepEqual(await new Http({ baseUrl: server.url, auth, network }).post('/batches', { file: 'x' }), { id: 3 });
    t.is(other.seen[0]?.method, 'POST');
    t.is(other.seen[0]?.body, '{"file":"x"}');
    t.truthy(other.seen[0]?.headers.authorization);
  });
}

test('a POST does not take its body to a host that nobody allowed', async (t) => {
  const other = await webServer(t, json({ id: 3 }, 201));
  const server = await webServer(t, redirect(307, `${other.url}/batches`));
  const error = await t.throwsAsync(new Http({ baseUrl: server.url, auth }).post('/batches', {}), {
    instanceOf: HttpStatusError,
  });
  t.is(error?.status, 307);
  t.regex(
    error?.message ?? '',
    new RegExp(`redirects to ${other.url}, and a POST .*redirectHosts: \\['127\\.0\\.0\\.1'\\]`),
  );
  t.is(other.seen.length, 0);
});

for (const status of [301, 302, 303]) {
  test(`a POST does not follow ${status}, which may turn it into a GET`, async (t) => {
    const server = await webServer(t, [redirect(status, '/login'), json({})]);
    const error = await t.throwsAsync(new Http({ baseUrl: server.url }).post('/batches', {}), {
      instanceOf: HttpStatusError,
    });
    t.is(error?.status, status);
    t.regex(error?.message ?? '', /redirects to http:\/\/127\.0\.0\.1:\d+\/login, which a POST does not follow/);
    t.is(server.seen.length, 1);
  });
}

test('a DELETE follows 307 within its origin', async (t) => {
  const server = await webServer(t, [redirect(307, '/there'), json({ msg: 'deleted' })]);
  t.deepEqual(await new Http({ baseUrl: server.url, auth }).delete('/here'), { msg: 'deleted' });
  t.is(server.seen[1]?.method, 'DELETE');
});

test('a loop ends after five hops', async (t) => {
  const server = await webServer(t, redirect(307, '/again'));
  await t.throwsAsync(new Http({ baseUrl: server.url }).get('/'), { instanceOf: HttpStatusError, message: /a loop/ });
  t.is(server.seen.length, 6);
});

test('credentials in a Location are dropped, other schemes are not followed', async (t) => {
  const here: Respond = (seen, response, request) =>
    redirect(307, `http://evil:pw@${seen.headers.host}/x`)(seen, response, request);
  const server = await webServer(t, [
    here,
    json({}),
    redirect(302, 'file:///etc/passwd'),
    redirect(302, 'http://['),
    redirect(302, ''),
  ]);
  const http = new Http({ baseUrl: server.url });
  await http.get('/');
  t.is(server.seen[1]?.headers.authorization, undefined);
  await t.throwsAsync(http.get('/'), {
    instanceOf: HttpStatusError,
    message: /redirects to file:, which is not followed/,
  });
  await t.throwsAsync(http.get('/'), { instanceOf: HttpStatusError, message: /not a URL/ });
});

test('a redirect without a Location is an error like any other status', async (t) => {
  const server = await webServer(t, json({ msg: 'lost' }, 302));
  await t.throwsAsync(new Http({ baseUrl: server.url }).get('/'), {
    instanceOf: HttpStatusError,
    message: /answered 302 Found .*lost/,
  });
});

test('the host map holds for the host that a redirect names', async (t) => {
  const other = await webServer(t, json({ mapped: true }));
  const server = await webServer(t, redirect(307, 'http://ip-10-0-3-9.ec2.internal:8042/logs'));
  const network = createNetwork({ map: [`*.ec2.internal:8042=127.0.0.1:${other.port}`] });
  t.deepEqual(await new Http({ baseUrl: server.url, network }).get('/'), { mapped: true });
  t.is(other.seen[0]?.headers.host, 'ip-10-0-3-9.ec2.internal:8042');
  t.is(other.seen[0]?.url, '/logs');
});

test('same-host: a read goes to another port of its host, and not to another host', async (t) => {
  const other = await webServer(t, json({ there: true }));
  const server = (to: string) => webServer(t, redirect(302, to));
  const http = async (to: string) => {
    const { port } = await server(to);
    const at = createNetwork({ map: [`primary.corp:8088=127.0.0.1:${port}`, `*:18080=127.0.0.1:${other.port}`] });
    return new Http({ baseUrl: 'http://primary.corp:8088', network: at, redirects: 'same-host', auth });
  };
  t.deepEqual(await (await http('http://PRIMARY.corp:18080/x')).get('/'), { there: true });
  t.is(other.seen[0]?.headers.authorization, undefined);
  for (const evil of [
    'http://secondary.corp:18080/x',
    'http://primary.corp.evil:18080/',
    'http://169.254.169.254:18080/',
  ]) {
    const error = await t.throwsAsync((await http(evil)).get('/'), { instanceOf: HttpStatusError });
    t.regex(
      error?.message ?? '',
      /it redirects to http:\/\/[\w.]+:18080, and is followed no further than its own host/,
    );
  }
  t.is(other.seen.length, 1);
});

test('same-host: on this machine another port is another server, and is not asked', async (t) => {
  const other = await webServer(t, json({ secret: true }));
  const server = await webServer(t, [redirect(302, `${other.url}/x`), redirect(302, '/here'), json({ here: true })]);
  const http = new Http({ baseUrl: server.url, redirects: 'same-host' });
  await t.throwsAsync(http.get('/'), { instanceOf: HttpStatusError, message: /no further than its own host/ });
  t.deepEqual(await http.get('/'), { here: true });
  t.is(other.seen.length, 0);
});

test('same-host: a read never leaves the encryption', async (t) => {
  const plain = await webServer(t, json({}));
  const server = await webServer(t, redirect(307, 'http://livy.corp:80/x'), tlsFiles.server);
  const map = [`livy.corp:443=127.0.0.1:${server.port}`, `livy.corp:80=127.0.0.1:${plain.port}`];
  const network = createNetwork({ ca: tlsFiles.ca, map, insecure: true });
  const http = new Http({ baseUrl: 'https://livy.corp', network, redirects: 'same-host' });
  await t.throwsAsync(http.get('/'), { instanceOf: HttpStatusError, message: /no further than its own host/ });
  t.is(plain.seen.length, 0);
});

test('none: a read follows nothing, not even within its origin; one call may say so for itself', async (t) => {
  const server = await webServer(t, redirect(302, '/there'));
  const none = new Http({ baseUrl: server.url, redirects: 'none' });
  await t.throwsAsync(none.get('/'), { instanceOf: HttpStatusError, message: /it redirects to .* is not followed/ });
  await t.throwsAsync(new Http({ baseUrl: server.url }).getText('/', { redirects: 'none' }), {
    instanceOf: HttpStatusError,
    message: /is not followed/,
  });
  t.deepEqual(
    server.seen.map(({ url }) => url),
    ['/', '/'],
  );
});

import test from 'ava';
import { ConfigError, type Logger, UnreachableError } from '../../src/core/index.js';
import { createNetwork, Http, type NetworkOptions } from '../../src/http/index.js';
import { recordingClock } from '../helpers/recording-clock.js';
import { tlsFiles } from '../helpers/tls.js';
import { json, webServer } from '../helpers/web-server.js';

const { ca, otherCa, client, server: certificate } = tlsFiles;
const open = (t: { teardown(fn: () => void): void }, options: NetworkOptions) => {
  const network = createNetwork(options);
  t.teardown(() => network.close());
  return network;
};

test('a certificate of an unknown authority: nothing was sent, and --ca is the way out', async (t) => {
  const server = await webServer(t, json({}), certificate);
  for (const options of [{}, { ca: otherCa }]) {
    const http = new Http({ baseUrl: server.url, network: open(t, options), service: 'Livy' });
    const error = await t.throwsAsync(http.post('/', {}), { instanceOf: UnreachableError });
    t.is(error?.reached, 'no');
    t.regex(error?.message ?? '', /^Livy at 127\.0\.0\.1:\d+ has a certificate that is not trusted .*--ca/);
  }
  t.is(server.seen.length, 0);
});

test('an untrusted certificate is not asked for again and again', async (t) => {
  const server = await webServer(t, json({}), certificate);
  const clock = recordingClock();
  await t.throwsAsync(new Http({ baseUrl: server.url, clock }).get('/'), { instanceOf: UnreachableError });
  t.deepEqual(clock.slept, []);
});

test('with its authority in ca the server is trusted, alone or among others; its own certificate will do', async (t) => {
  const server = await webServer(t, json({ ok: true }), certificate);
  for (const one of [ca, [otherCa, ca], certificate.cert]) {
    t.deepEqual(await new Http({ baseUrl: server.url, network: open(t, { ca: one }) }).get('/'), { ok: true });
  }
});

test('a certificate for another name is refused', async (t) => {
  const server = await webServer(t, json({}), certificate);
  const network = open(t, { ca, map: [`wrong.corp=127.0.0.1:${server.port}`] });
  const error = await t.throwsAsync(new Http({ baseUrl: 'https://wrong.corp', network }).get('/'), {
    instanceOf: UnreachableError,
  });
  t.is(error?.reached, 'no');
  t.regex(error?.message ?? '', /ERR_TLS_CERT_ALTNAME_INVALID/);
});

test('insecure takes any certificate and says so once', async (t) => {
  const server = await webServer(t, json({}), certificate);
  const warnings: string[] = [];
  const logger: Logger = { debug: () => undefined, info: () => undefined, warn: (text) => void warnings.push(text) };
  const http = new Http({ baseUrl: server.url, network: open(t, { insecure: true, logger }) });
  await http.get('/');
  await http.get('/');
  t.is(warnings.length, 1);
  t.regex(warnings[0] ?? '', /Certificates are not checked/);
});

test('a mapped host keeps its TLS name and Host header', async (t) => {
  const server = await webServer(t, json({}), certificate);
  const network = open(t, { ca, map: [`*.ec2.internal:8998=127.0.0.1:${server.port}`] });
  await new Http({ baseUrl: 'https://ip-10-0-3-9.ec2.internal:8998', network }).get('/');
  t.is(server.seen[0]?.servername, 'ip-10-0-3-9.ec2.internal');
  t.is(server.seen[0]?.headers.host, 'ip-10-0-3-9.ec2.internal:8998');
});

test('a mapped IP address is checked against its own certificate, not that of where it went', async (t) => {
  const server = await webServer(t, json({}), certificate);
  const network = open(t, { ca, map: [`10.0.3.9=127.0.0.1:${server.port}`, `10.0.3.8=127.0.0.1:${server.port}`] });
  t.deepEqual(await new Http({ baseUrl: 'https://10.0.3.9:8998', network }).get('/'), {});
  const error = await t.throwsAsync(new Http({ baseUrl: 'https://10.0.3.8:8998', network, retries: 0 }).get('/'), {
    instanceOf: UnreachableError,
  });
  t.regex(error?.message ?? '', /ERR_TLS_CERT_ALTNAME_INVALID.*10\.0\.3\.8/);
});

test('two mapped names on one address do not share a TLS connection', async (t) => {
  const server = await webServer(t, json({}), certificate);
  const network = open(t, { ca, map: [`*.ec2.internal=127.0.0.1:${server.port}`] });
  await new Http({ baseUrl: 'https://a.ec2.internal', network }).get('/');
  await new Http({ baseUrl: 'https://b.ec2.internal', network }).get('/');
  t.deepEqual(
    server.seen.map(({ servername }) => servername),
    ['a.ec2.internal', 'b.ec2.internal'],
  );
});

test('a mapped host without TLS keeps its Host header, whatever port it goes to', async (t) => {
  const server = await webServer(t, json({}));
  const network = open(t, { map: [`livy.private=127.0.0.1:${server.port}`] });
  await new Http({ baseUrl: 'http://livy.private:8998/livy', network }).post('/batches', {});
  t.is(server.seen[0]?.headers.host, 'livy.private:8998');
  t.deepEqual(network.route('http://livy.private:8998/x'), { host: '127.0.0.1', port: server.port, mapped: true });
  t.deepEqual(network.route('https://other.private'), { host: 'other.private', port: 443, mapped: false });
});

test('an error about a mapped host names where it went', async (t) => {
  const network = open(t, { map: ['livy.private=127.0.0.1:1'] });
  await t.throwsAsync(new Http({ baseUrl: 'http://livy.private:8998', network, retries: 0 }).get('/'), {
    message: /livy\.private:8998 \(mapped to 127\.0\.0\.1:1\) refused the connection/,
  });
});

test('IPv6 addresses work as they are written', async (t) => {
  const network = open(t, { map: ['[fd00::9]:8998=127.0.0.1:1'] });
  t.deepEqual(network.route('http://[fd00::9]:8998'), { host: '127.0.0.1', port: 1, mapped: true });
  const error = await t.throwsAsync(new Http({ baseUrl: 'http://[::1]:1', retries: 0 }).get('/'), {
    instanceOf: UnreachableError,
  });
  t.is(error?.reached, 'no');
  t.regex(error?.message ?? '', /\[::1\]:1/);
});

test('a client certificate is shown to a server that asks, its key encrypted or not', async (t) => {
  const server = await webServer(t, json({ ok: true }), {
    ...certificate,
    ca,
    requestCert: true,
    rejectUnauthorized: true,
  });
  const { cert, key, encryptedKey } = client;
  for (const options of [
    { cert, key },
    { cert, key: encryptedKey, passphrase: 'open-sesame' },
  ]) {
    t.deepEqual(await new Http({ baseUrl: server.url, network: open(t, { ca, ...options }) }).get('/'), { ok: true });
  }
  const error = await t.throwsAsync(new Http({ baseUrl: server.url, network: open(t, { ca }) }).post('/', {}), {
    instanceOf: UnreachableError,
  });
  t.truthy(error?.message);
  t.is(server.seen.length, 2);
});

test('certificates that cannot be used are refused at once, without being shown', (t) => {
  const { cert, key, encryptedKey } = client;
  const bad: NetworkOptions[] = [
    { cert },
    { key },
    { ca: 'not a certificate' },
    { ca: '-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----' },
    { cert, key: encryptedKey, passphrase: 'wrong' },
    { cert, key: tlsFiles.server.key },
  ];
  for (const options of bad) {
    const error = t.throws(() => createNetwork(options), { instanceOf: ConfigError });
    t.false(error?.message.includes('wrong'));
    t.false(error?.message.includes(key.slice(40, 60)));
  }
});

test('TLS to a port that speaks plain HTTP: nothing was sent, and http:// is the way out', async (t) => {
  const server = await webServer(t, json({}));
  const error = await t.throwsAsync(new Http({ baseUrl: server.url.replace('http:', 'https:') }).post('/', {}), {
    instanceOf: UnreachableError,
  });
  t.is(error?.reached, 'no');
  t.regex(error?.message ?? '', /does not speak TLS there .*http:\/\//);
});

test('a connection that never comes about is given up after connectTimeoutMs: nothing was sent', async (t) => {
  const { rawServer } = await import('../helpers/raw-server.js');
  const server = await rawServer(t, () => undefined); // takes the connection, never finishes the handshake
  const network = open(t, { connectTimeoutMs: 100 });
  const error = await t.throwsAsync(
    new Http({ baseUrl: server.url.replace('http:', 'https:'), network }).post('/', {}),
    {
      instanceOf: UnreachableError,
    },
  );
  t.is(error?.reached, 'no');
  t.regex(error?.message ?? '', /could not be connected to in time/);
});

test('a closed network refuses further calls', async (t) => {
  const server = await webServer(t, json({}));
  const network = createNetwork();
  const http = new Http({ baseUrl: server.url, network });
  await http.get('/');
  network.close();
  await t.throwsAsync(http.get('/'), { instanceOf: ConfigError, message: /closed/ });
});

test('close() of a client leaves a shared network alone and closes one of its own', async (t) => {
  const server = await webServer(t, json({}));
  const shared = new Http({ baseUrl: server.url, network: open(t, {}) });
  shared.close();
  t.deepEqual(await shared.get('/'), {});
  const own = new Http({ baseUrl: server.url });
  own.close();
  await t.throwsAsync(own.get('/'), { instanceOf: ConfigError });
});

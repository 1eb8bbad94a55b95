import { gzipSync } from 'node:zlib';
import test from 'ava';
import { BadAnswerError, ConfigError, HttpStatusError, UnreachableError } from '../../src/core/index.js';
import { Http } from '../../src/http/index.js';
import { rawServer } from '../helpers/raw-server.js';
import { recordingClock } from '../helpers/recording-clock.js';
import { json, reset, text, webServer } from '../helpers/web-server.js';

test('a base path survives, with or without a trailing slash, and queries are joined', async (t) => {
  const server = await webServer(t, json({}));
  for (const end of ['', '/', '//']) {
    const http = new Http({ baseUrl: `${server.url}/gateway/x/livy/v1${end}` });
    t.is(http.baseUrl, `${server.url}/gateway/x/livy/v1`);
    await http.get('/batches?from=0', { query: { size: 100, none: undefined, doAs: 'a b&c=d' } });
  }
  t.deepEqual(
    new Set(server.seen.map(({ url }) => url)),
    new Set(['/gateway/x/livy/v1/batches?from=0&size=100&doAs=a%20b%26c%3Dd']),
  );
});

test('a # in a path is part of the path, not the end of it', async (t) => {
  const server = await webServer(t, json({}));
  await new Http({ baseUrl: server.url }).get('/batches/a#b');
  t.is(server.seen[0]?.url, '/batches/a%23b');
});

test('every request says X-Requested-By and who we are', async (t) => {
  const server = await webServer(t, json({}));
  const http = new Http({ baseUrl: server.url, headers: { 'X-Own': 'mine' } });
  await http.get('/');
  await http.post('/', {});
  await http.put('/', {});
  await http.delete('/');
  for (const { headers } of server.seen) {
    t.is(headers['x-requested-by'], 'livywire');
    t.regex(headers['user-agent'] ?? '', /^livywire\/\d+\.\d+\.\d+/);
    t.is(headers['x-own'], 'mine');
  }
});

test('JSON comes back as it is: repeated keys, big numbers, a byte order mark, gzip, deflate', async (t) => {
  const odd = '\uFEFF{"a":1,"a":2,"big":123456789012345680,"zero":0}';
  const server = await webServer(t, [
    text(odd, 200, { 'Content-Type': 'text/html' }),
    text(gzipSync(odd), 200, { 'Content-Encoding': 'gzip' }),
  ]);
  const http = new Http({ baseUrl: server.url });
  t.deepEqual(await http.get('/'), { a: 2, big: 123456789012345680, zero: 0 });
  t.deepEqual(await http.get('/'), { a: 2, big: 123456789012345680, zero: 0 });
});

test('status and headers are there for who asks', async (t) => {
  const server = await webServer(t, json({ id: 1 }, 202, { 'X-Thing': 'a' }));
  const answer = await new Http({ baseUrl: server.url }).request('GET', '/');
  t.is(answer.status, 202);
  t.is(answer.headers['x-thing'], 'a');
  t.deepEqual(answer.data, { id: 1 });
});

test('a 2xx that is not JSON is a BadAnswerError with the page in a line', async (t) => {
  const page = '<!doctype html><title>Sign in</title><body>to Knox</body>';
  const server = await webServer(t, [text(page, 200, { 'Content-Type': 'text/html' }), text('', 200)]);
  const http = new Http({ baseUrl: server.url, service: 'Livy' });
  const error = await t.throwsAsync(http.get('/batches'), { instanceOf: BadAnswerError });
  t.is(error?.body, page);
  t.regex(
    error?.message ?? '',
    /^Livy at 127\.0\.0\.1:\d+ answered 200 to GET \/batches .*not JSON .*text\/html: Sign in: to Knox\); check/,
  );
  await t.throwsAsync(http.get('/batches'), { instanceOf: BadAnswerError });
  t.is(server.seen.length, 2, 'neither was repeated');
});

test('reads are repeated after 5xx and 429, and pause longer each time', async (t) => {
  const server = await webServer(t, [
    json({ msg: 'busy' }, 503),
    json('x', 502),
    json('x', 500),
    json('x', 429),
    json({ ok: 1 }),
  ]);
  const clock = recordingClock();
  t.deepEqual(await new Http({ baseUrl: server.url, clock }).get('/'), { ok: 1 });
  const { slept } = clock;
  t.is(slept.length, 4);
  [300, 600, 1200, 2400].forEach((most, i) => {
    const ms = slept[i] ?? 0;
    t.true(ms >= most / 2 && ms <= most, `${ms} of ${most}`);
  });
});

test('after the last retry the last error is thrown', async (t) => {
  const server = await webServer(t, json({ msg: 'no' }, 503));
  const http = new Http({ baseUrl: server.url, clock: recordingClock(), retries: 2 });
  await t.throwsAsync(http.get('/'), { instanceOf: HttpStatusError });
  t.is(server.seen.length, 3);
  await t.throwsAsync(http.get('/', { retries: 0 }), { instanceOf: HttpStatusError });
  t.is(server.seen.length, 4);
});

for (const status of [400, 404, 409]) {
  test(`a read is not repeated after ${status}`, async (t) => {
    const server = await webServer(t, json({ msg: 'Session 7 not found' }, status));
    const error = await t.throwsAsync(new Http({ baseUrl: server.url, service: 'Livy' }).get('/batches/7'), {
      instanceOf: HttpStatusError,
      message: new RegExp(
        `^Livy at 127\\.0\\.0\\.1:\\d+ answered ${status} .* to GET /batches/7: Session 7 not found$`,
      ),
    });
    t.is(error?.serverMessage, 'Session 7 not found');
    t.is(error?.status, status);
    t.false(error?.retryable);
    t.is(server.seen.length, 1);
  });
}

test('Retry-After in seconds is kept to, with a little jitter on top', async (t) => {
  const server = await webServer(t, [json('x', 503, { 'Retry-After': '7' }), json({})]);
  const clock = recordingClock();
  await new Http({ baseUrl: server.url, clock }).get('/');
  t.true((clock.slept[0] ?? 0) >= 7_000 && (clock.slept[0] ?? 0) <= 8_000, String(clock.slept[0]));
});

test("Retry-After as a date is read by the server's clock, not ours", async (t) => {
  const at = new Date('2020-01-01T00:00:00Z');
  const headers = { Date: at.toUTCString(), 'Retry-After': new Date(at.getTime() + 5_000).toUTCString() };
  const server = await webServer(t, [json('x', 503, headers), json({})]);
  const clock = recordingClock();
  await new Http({ baseUrl: server.url, clock }).get('/');
  t.true((clock.slept[0] ?? 0) >= 5_000 && (clock.slept[0] ?? 0) <= 6_000, String(clock.slept[0]));
});

test('a Retry-After beyond the minute is the caller’s to wait for', async (t) => {
  const server = await webServer(t, json('x', 503, { 'Retry-After': '3600' }));
  const clock = recordingClock();
  const error = await t.throwsAsync(new Http({ baseUrl: server.url, clock }).get('/'), { instanceOf: HttpStatusError });
  t.is(error?.retryAfterMs, 3_600_000);
  t.deepEqual(clock.slept, []);
  t.is(server.seen.length, 1);
});

test('all retries together take a minute at most', async (t) => {
  const server = await webServer(t, json('x', 503));
  const clock = recordingClock();
  await t.throwsAsync(new Http({ baseUrl: server.url, clock, retries: 1_000 }).get('/'));
  const total = clock.slept.reduce((sum, ms) => sum + ms, 0);
  t.true(total > 40_000 && total <= 60_000, String(total));
});

test('a connection that died while idle costs a read nothing, not even a retry', async (t) => {
  const server = await webServer(t, [json({ n: 1 }), reset, json({ n: 3 })]);
  const http = new Http({ baseUrl: server.url, retries: 0 });
  await http.get('/');
  t.deepEqual(await http.get('/'), { n: 3 });
  t.deepEqual(
    server.seen.map(({ connection }) => connection),
    [1, 1, 2],
  );
});

test('reads share a connection', async (t) => {
  const server = await webServer(t, json({}));
  const http = new Http({ baseUrl: server.url });
  for (let i = 0; i < 5; i += 1) await http.get('/');
  t.is(server.connections, 1);
});

test('a server that never answers is given up after timeoutMs', async (t) => {
  const server = await webServer(t, () => undefined);
  const http = new Http({ baseUrl: server.url, retries: 0, service: 'Livy' });
  const error = await t.throwsAsync(http.get('/', { timeoutMs: 500 }), { instanceOf: UnreachableError });
  t.is(error?.reached, 'maybe');
  t.regex(error?.message ?? '', /did not give an answer within 500 ms/);
});

for (const method of ['get', 'getText'] as const) {
  test(`a server that trickles its body cannot stall ${method}: the limit is for the whole answer`, async (t) => {
    const server = await webServer(t, (_, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write(' '), 5);
      response.on('close', () => clearInterval(timer));
    });
    const http = new Http({ baseUrl: server.url, retries: 0 });
    const error = await t.throwsAsync<UnreachableError>(http[method]('/', { timeoutMs: 1_500 }), {
      instanceOf: UnreachableError,
      message: /did not give the whole of its answer within 1500 ms/,
    });
    t.is(error?.reached, 'maybe');
  });

  test(`an answer to ${method} that breaks off is never taken for the whole`, async (t) => {
    const server = await webServer(t, (_, response, request) => {
      response.writeHead(200, { 'Content-Length': 100 });
      response.write('{"id":1}');
      setImmediate(() => request.socket.destroy());
    });
    const http = new Http({ baseUrl: server.url, retries: 0 });
    const error = await t.throwsAsync<UnreachableError>(http[method]('/'), { instanceOf: UnreachableError });
    t.is(error?.reached, 'maybe');
    t.regex(error?.message ?? '', /broke off its answer/);
  });

  test(`a gzipped answer to ${method} that breaks off is never taken for the whole`, async (t) => {
    const body = gzipSync(Buffer.alloc(100_000, 'x'), { level: 0 });
    const server = await webServer(t, (_, response, request) => {
      response.writeHead(200, { 'Content-Length': body.length, 'Content-Encoding': 'gzip' });
      response.write(body.subarray(0, 50_000));
      setTimeout(() => request.socket.destroy(), 20);
    });
    const http = new Http({ baseUrl: server.url, retries: 0 });
    const error = await t.throwsAsync<UnreachableError>(http[method]('/', { timeoutMs: 5_000 }), {
      instanceOf: UnreachableError,
    });
    t.regex(error?.message ?? '', /broke off its answer/);
  });
}

test('an answer that breaks off is asked for again', async (t) => {
  const server = await webServer(t, [
    (_, response, request) => {
      response.writeHead(200, { 'Content-Length': 100 });
      response.write('{');
      setImmediate(() => request.socket.destroy());
    },
    json({ whole: true }),
  ]);
  t.deepEqual(await new Http({ baseUrl: server.url, clock: recordingClock() }).get('/'), { whole: true });
});

test('text comes as text and bytes, bytes that are no UTF-8 included', async (t) => {
  const bytes = Buffer.from([0x61, 0xff, 0xe2, 0x82, 0xac]);
  const server = await webServer(t, text(bytes, 200, { 'X-Log': 'yes' }));
  const answer = await new Http({ baseUrl: server.url }).getText('/logs/stdout', { query: { size: -100 } });
  t.deepEqual(Buffer.from(answer.bytes), bytes);
  t.is(answer.text, 'a\uFFFD€');
  t.is(answer.status, 200);
  t.is(answer.headers['x-log'], 'yes');
  t.false(answer.truncated);
  t.is(server.seen[0]?.url, '/logs/stdout?size=-100');
});

test('maxBytes keeps the start, says so, and does not wait for the rest', async (t) => {
  const server = await webServer(t, (_, response) => {
    response.writeHead(200);
    response.write('0123456789'.repeat(10)); // and never ends
  });
  const http = new Http({ baseUrl: server.url });
  const answer = await http.getText('/', { maxBytes: 25, timeoutMs: 5_000 });
  t.is(answer.text, '0123456789012345678901234');
  t.true(answer.truncated);
});

test('an answer of exactly maxBytes is whole', async (t) => {
  const server = await webServer(t, text('12345'));
  const answer = await new Http({ baseUrl: server.url }).getText('/', { maxBytes: 5 });
  t.is(answer.text, '12345');
  t.false(answer.truncated);
});

test('aborting rejects with the reason itself: before, during, while pausing, whatever the reason is', async (t) => {
  const silent = await webServer(t, () => undefined);
  const http = new Http({ baseUrl: silent.url });
  for (const reason of [new Error('enough'), 'a string', { an: 'object' }]) {
    const early = await http.get('/', { signal: AbortSignal.abort(reason) }).catch((error: unknown) => error);
    t.is(early, reason);
    const controller = new AbortController();
    const late = http.get('/', { signal: controller.signal }).catch((error: unknown) => error);
    setTimeout(() => controller.abort(reason), 20);
    t.is(await late, reason);
  }
  const busy = await webServer(t, json('x', 503));
  const controller = new AbortController();
  const pausing = new Http({ baseUrl: busy.url })
    .get('/', { signal: controller.signal })
    .catch((error: unknown) => error);
  setTimeout(() => controller.abort('stop'), 50);
  t.is(await pausing, 'stop');
});

test('an aborted call takes its request off the server', async (t) => {
  const controller = new AbortController();
  let gone: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => (gone = resolve));
  const server = await webServer(t, (_, response) => {
    response.on('close', gone);
    controller.abort(new Error('enough'));
  });
  const call = new Http({ baseUrl: server.url }).get('/', { signal: controller.signal });
  await t.throwsAsync(call, { message: 'enough' });
  await closed;
  t.pass();
});

test('no more requests than maxSocketsPerHost are under way, all get their turn, and the wait is not held against the server', async (t) => {
  const { createNetwork } = await import('../../src/http/index.js');
  let now = 0;
  let most = 0;
  const server = await webServer(t, async (_, response) => {
    most = Math.max(most, (now += 1));
    await new Promise((resolve) => setTimeout(resolve, 250));
    now -= 1;
    response.end('{}');
  });
  const network = createNetwork({ maxSocketsPerHost: 2 });
  t.teardown(() => network.close());
  const http = new Http({ baseUrl: server.url, network, timeoutMs: 2_500, retries: 0 });
  await Promise.all(Array.from({ length: 24 }, () => http.get('/')));
  t.is(server.seen.length, 24);
  t.is(most, 2);
});

test('a call that waits for its turn can be aborted, and gives its place to the next', async (t) => {
  const { createNetwork } = await import('../../src/http/index.js');
  let release: () => void = () => undefined;
  const server = await webServer(t, [(_, response) => (release = () => response.end('{}')), json({})]);
  const network = createNetwork({ maxSocketsPerHost: 1 });
  t.teardown(() => network.close());
  const http = new Http({ baseUrl: server.url, network });
  const first = http.get('/');
  const controller = new AbortController();
  const second = http.get('/', { signal: controller.signal }).catch((error: unknown) => error);
  const third = http.get('/');
  controller.abort('never mind');
  t.is(await second, 'never mind');
  while (server.seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  release();
  await Promise.all([first, third]);
  t.is(server.seen.length, 2);
});

test('something that is not HTTP is named for what it is', async (t) => {
  const server = await rawServer(t, (socket) => socket.once('data', () => socket.end('\x15\x03\x01\x00\x02\x02\x46')));
  const error = await t.throwsAsync(new Http({ baseUrl: server.url, retries: 0 }).get('/'), {
    instanceOf: UnreachableError,
  });
  t.regex(error?.message ?? '', /not HTTP .*https:\/\//);
});

for (const baseUrl of [
  '',
  'livy.corp:8998',
  'ftp://livy.corp',
  'http://u:hunter22@[zz]',
  'http://livy.corp/?a=b',
  'http://livy.corp/#x',
  'http://u:hunter22%@livy.corp',
]) {
  test(`the address ${JSON.stringify(baseUrl.replace('hunter22', '…'))} is refused before anything is sent`, (t) => {
    const error = t.throws(() => new Http({ baseUrl, service: 'Livy' }), { instanceOf: ConfigError });
    t.is(error?.field, 'url');
    t.false(error?.message.includes('hunter22'));
    t.regex(error?.message ?? '', /the address of Livy looks like/);
  });
}

test('numbers that make no sense are refused', async (t) => {
  const baseUrl = 'http://livy.corp';
  t.throws(() => new Http({ baseUrl, timeoutMs: 0 }), { instanceOf: ConfigError });
  t.throws(() => new Http({ baseUrl, retries: -1 }), { instanceOf: ConfigError });
  t.throws(() => new Http({ baseUrl, headers: { 'a b': 'c' } }), { instanceOf: ConfigError });
  await t.throwsAsync(new Http({ baseUrl }).get('/', { timeoutMs: NaN }), { instanceOf: ConfigError });
});

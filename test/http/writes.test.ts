import test from 'ava';
import { BadAnswerError, HttpStatusError, UnreachableError } from '../../src/core/index.js';
import { Http } from '../../src/http/index.js';
import { closedPort, rawServer } from '../helpers/raw-server.js';
import { json, reset, text, webServer } from '../helpers/web-server.js';

test('a body goes out as JSON and its answer comes back parsed', async (t) => {
  const server = await webServer(t, json({ id: 1 }, 201));
  const http = new Http({ baseUrl: server.url });
  t.deepEqual(await http.post('/batches', { file: 's3://b/ä.py', zero: 0, none: undefined }), { id: 1 });
  const [seen] = server.seen;
  t.is(seen?.body, '{"file":"s3://b/ä.py","zero":0}');
  t.is(seen?.headers['content-type'], 'application/json');
  t.is(seen?.headers['content-length'], String(Buffer.byteLength(seen?.body ?? '')));
});

test('a DELETE has no body and its empty answer is undefined', async (t) => {
  const server = await webServer(t, [json({ msg: 'deleted' }), text('', 204), text('', 200)]);
  const http = new Http({ baseUrl: server.url });
  t.deepEqual(await http.delete('/batches/1'), { msg: 'deleted' });
  t.is(await http.delete('/batches/1'), undefined);
  t.is(await http.delete('/batches/1'), undefined);
  t.is(server.seen[0]?.headers['content-type'], undefined);
  t.is(server.seen[0]?.method, 'DELETE');
});

const methods = ['post', 'put', 'delete'] as const;
const send = (http: Http, method: (typeof methods)[number]) =>
  method === 'delete' ? http.delete('/x') : http[method]('/x', { a: 1 });

for (const method of methods) {
  test(`a ${method} is sent once, whatever goes wrong`, async (t) => {
    const cases = [json({ msg: 'busy' }, 503), json('x', 500), json('x', 429), reset];
    for (const respond of cases) {
      const server = await webServer(t, respond);
      await t.throwsAsync(send(new Http({ baseUrl: server.url, retries: 9 }), method));
      t.is(server.seen.length, 1);
    }
  });
}

test('a write never goes over a connection that stood idle', async (t) => {
  const server = await webServer(t, json({}));
  const http = new Http({ baseUrl: server.url });
  await http.get('/');
  await http.get('/');
  await http.post('/', {});
  await http.delete('/');
  await http.get('/');
  t.deepEqual(
    server.seen.map(({ connection }) => connection),
    [1, 1, 2, 3, 1],
  );
});

test('nobody there: the request certainly did not arrive', async (t) => {
  const port = await closedPort();
  const error = await t.throwsAsync(
    new Http({ baseUrl: `http://127.0.0.1:${port}`, service: 'Livy' }).post('/batches', {}),
    {
      instanceOf: UnreachableError,
    },
  );
  t.is(error?.reached, 'no');
  t.is(
    error?.message,
    `Livy at 127.0.0.1:${port} refused the connection (ECONNREFUSED); check that it runs, and its port`,
  );
  t.is((error?.cause as NodeJS.ErrnoException).code, 'ECONNREFUSED');
});

test('a name that nobody knows: the request certainly did not arrive', async (t) => {
  const error = await t.throwsAsync(new Http({ baseUrl: 'http://livy.invalid:8998' }).post('/batches', {}), {
    instanceOf: UnreachableError,
  });
  t.is(error?.reached, 'no');
  t.regex(
    error?.message ?? '',
    /livy\.invalid:8998 has a name that cannot be resolved \((?:ENOTFOUND|EAI_AGAIN)\).*--proxy.*--map/,
  );
});

test('a connection reset before a byte of the answer: it may have arrived', async (t) => {
  const server = await webServer(t, reset);
  const error = await t.throwsAsync(new Http({ baseUrl: server.url }).post('/batches', {}), {
    instanceOf: UnreachableError,
  });
  t.is(error?.reached, 'maybe');
  t.regex(
    error?.message ?? '',
    /closed the connection without an answer \(ECONNRESET\); whether it acted on POST \/batches is not known$/,
  );
});

test('a connection that is taken and closed unread: it may have arrived', async (t) => {
  const server = await rawServer(t, (socket) => socket.end());
  const error = await t.throwsAsync(new Http({ baseUrl: server.url }).post('/', {}), { instanceOf: UnreachableError });
  t.is(error?.reached, 'maybe');
});

test('no answer in time: it may have arrived', async (t) => {
  const server = await webServer(t, () => undefined);
  const error = await t.throwsAsync(new Http({ baseUrl: server.url }).post('/', {}, { timeoutMs: 500 }), {
    instanceOf: UnreachableError,
  });
  t.is(error?.reached, 'maybe');
});

test('an answer that breaks off: it may have arrived', async (t) => {
  const server = await webServer(t, (_, response, request) => {
    response.writeHead(201, { 'Content-Length': 100 });
    response.write('{"id":');
    setImmediate(() => request.socket.destroy());
  });
  const error = await t.throwsAsync(new Http({ baseUrl: server.url }).post('/', {}), { instanceOf: UnreachableError });
  t.is(error?.reached, 'maybe');
});

test('an answer of 201 that is not JSON is a BadAnswerError', async (t) => {
  const server = await webServer(t, text('created', 201));
  const error = await t.throwsAsync(new Http({ baseUrl: server.url }).post('/', {}), { instanceOf: BadAnswerError });
  t.is(error?.body, 'created');
});

test("a refusal carries the server's own words, in each of Livy's shapes", async (t) => {
  const words = 'Duplicate session name: Some(x) for session 7';
  for (const respond of [json({ msg: words }, 400), json(words, 400)]) {
    const server = await webServer(t, respond);
    const error = await t.throwsAsync(new Http({ baseUrl: server.url }).post('/batches', {}), {
      instanceOf: HttpStatusError,
    });
    t.is(error?.serverMessage, words);
  }
});

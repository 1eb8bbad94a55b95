import test from 'ava';
import { AuthError, ConfigError, UnreachableError } from '../../src/core/index.js';
import { type Auth, basicAuth, bearerAuth, headerAuth, Http } from '../../src/http/index.js';
import { recordingClock } from '../helpers/recording-clock.js';
import { json, type Respond, webServer } from '../helpers/web-server.js';

const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;

/** Lets in who brings one of these. */
const guard =
  (...good: string[]): Respond =>
  (seen, ...rest) =>
    good.includes(seen.headers.authorization ?? '')
      ? json({ ok: true })(seen, ...rest)
      : json({ msg: 'who are you?' }, 401)(seen, ...rest);

test('basic, bearer and custom headers are sent as such', async (t) => {
  const server = await webServer(t, json({}));
  for (const auth of [
    basicAuth('hadoop', 'pä:ss'),
    bearerAuth('abc'),
    bearerAuth(() => 'def'),
    headerAuth({ 'X-Api-Key': 'k' }),
  ]) {
    await new Http({ baseUrl: server.url, auth }).get('/');
  }
  t.deepEqual(
    server.seen.map(({ headers }) => headers.authorization ?? headers['x-api-key']),
    [basic('hadoop:pä:ss'), 'Bearer abc', 'Bearer def', 'k'],
  );
});

test('credentials in the address become basic auth and leave the address', async (t) => {
  const server = await webServer(t, json({}));
  const http = new Http({ baseUrl: server.url.replace('://', '://us%40er:hunter22@') });
  await http.get('/');
  t.is(server.seen[0]?.headers.authorization, basic('us@er:hunter22'));
  t.is(http.baseUrl, server.url);
});

test('auth that is given wins over credentials in the address', async (t) => {
  const server = await webServer(t, json({}));
  await new Http({ baseUrl: server.url.replace('://', '://a:b@'), auth: bearerAuth('mine') }).get('/');
  t.is(server.seen[0]?.headers.authorization, 'Bearer mine');
});

test('a token function is asked once, and once more after a 401', async (t) => {
  const server = await webServer(t, guard('Bearer t2'));
  const asked: boolean[] = [];
  const auth = bearerAuth(async ({ refresh }) => `t${asked.push(refresh)}`);
  const http = new Http({ baseUrl: server.url, auth });
  await http.get('/');
  await http.get('/');
  t.deepEqual(asked, [false, true]);
  t.is(server.seen.length, 3);
});

test('a POST is sent a second time after a 401 with fresh credentials, and never a third', async (t) => {
  const server = await webServer(t, guard('Bearer t2'));
  let n = 0;
  const http = new Http({ baseUrl: server.url, auth: bearerAuth(() => `t${(n += 1)}`) });
  t.deepEqual(await http.post('/batches', { file: 'x' }), { ok: true });
  t.deepEqual(
    server.seen.map(({ body }) => body),
    ['{"file":"x"}', '{"file":"x"}'],
  );

  const deaf = await webServer(t, json('no', 401));
  await t.throwsAsync(new Http({ baseUrl: deaf.url, auth: bearerAuth(() => `t${(n += 1)}`) }).post('/', {}), {
    instanceOf: AuthError,
  });
  t.is(deaf.seen.length, 2);
});

test('credentials that do not change are not sent twice', async (t) => {
  const server = await webServer(t, json('no', 401));
  for (const auth of [basicAuth('a', 'b'), bearerAuth('abc'), bearerAuth(() => 'same')]) {
    await t.throwsAsync(new Http({ baseUrl: server.url, auth }).get('/'), { instanceOf: AuthError });
  }
  t.is(server.seen.length, 3);
});

test('requests side by side share one token, and one new one after a 401', async (t) => {
  const server = await webServer(t, guard('Bearer t2'));
  let asked = 0;
  const auth = bearerAuth(async () => {
    asked += 1;
    await new Promise((resolve) => setTimeout(resolve, 20));
    return `t${asked}`;
  });
  const http = new Http({ baseUrl: server.url, auth });
  await Promise.all(Array.from({ length: 20 }, () => http.get('/')));
  t.is(asked, 2);
});

test('a token function that fails means that nothing was sent, and the next call asks again', async (t) => {
  const server = await webServer(t, json({}));
  let broken = true;
  const auth = bearerAuth(async () => {
    if (broken) throw new Error('sso said password=hunter22 is wrong');
    return 'good';
  });
  const http = new Http({ baseUrl: server.url, auth, service: 'Livy' });
  const error = await t.throwsAsync(http.post('/batches', {}), { instanceOf: UnreachableError });
  t.is(error?.reached, 'no');
  t.regex(error?.message ?? '', /^Livy at .* no credentials could be had \(sso said .*; POST \/batches was not sent$/);
  t.false(error?.message.includes('hunter22'));
  t.is(server.seen.length, 0);
  broken = false;
  await http.post('/batches', {});
  t.is(server.seen.length, 1);
});

test('a token function that hangs is given up with the request’s own limit, and can be aborted', async (t) => {
  const http = new Http({
    baseUrl: 'http://127.0.0.1:1',
    auth: bearerAuth(() => new Promise<string>(() => undefined)),
    retries: 0,
  });
  const error = await t.throwsAsync(http.get('/', { timeoutMs: 50 }), { instanceOf: UnreachableError });
  t.regex(error?.message ?? '', /did not come in time/);
  const reason = new Error('enough');
  const controller = new AbortController();
  const call = http.get('/', { signal: controller.signal });
  setTimeout(() => controller.abort(reason), 10);
  t.is(await t.throwsAsync(call), reason);
});

test('an Auth of one’s own sees method, address and body, to sign them', async (t) => {
  const server = await webServer(t, json({}));
  const seen: unknown[] = [];
  const auth: Auth = {
    headers(request, { refresh }) {
      seen.push({ ...request, refresh });
      return { Authorization: 'AWS4-HMAC-SHA256 signed' };
    },
  };
  await new Http({ baseUrl: `${server.url}/livy`, auth }).post('/batches', { a: 'ö' }, { query: { doAs: 'x' } });
  t.deepEqual(seen, [{ method: 'POST', url: `${server.url}/livy/batches?doAs=x`, body: '{"a":"ö"}', refresh: false }]);
});

test('401 and 403 are AuthErrors that say whom to ask, and are not repeated', async (t) => {
  const server = await webServer(t, [
    json({ msg: 'token expired' }, 401, { 'WWW-Authenticate': 'Negotiate, Basic realm="x"' }),
    json({ message: 'not yours' }, 403),
  ]);
  const http = new Http({ baseUrl: server.url, service: 'Livy', clock: recordingClock() });
  const first = await t.throwsAsync(http.get('/batches'), { instanceOf: AuthError });
  t.is(first?.status, 401);
  t.regex(
    first?.message ?? '',
    /^Livy at .* answered 401 Unauthorized to GET \/batches: token expired; check .*\(it takes Basic, Negotiate\)$/,
  );
  const second = await t.throwsAsync(http.get('/batches'), { instanceOf: AuthError });
  t.is(second?.status, 403);
  t.regex(second?.message ?? '', /not yours; this user may not/);
  t.is(server.seen.length, 2);
});

test('credentials that no header can carry are refused without being shown', async (t) => {
  for (const make of [
    () => bearerAuth('hunter22\n'),
    () => headerAuth({ 'X-Key': 'hunter22\r\nX: y' }),
    () => headerAuth({ 'X-Key': 'hunter22\u20ac' }),
  ]) {
    const error = t.throws(make, { instanceOf: ConfigError });
    t.false(error?.message.includes('hunter22'));
  }
  t.throws(() => bearerAuth(''), { instanceOf: ConfigError });
  t.throws(() => basicAuth('a:b', 'c'), { instanceOf: ConfigError });
  const http = new Http({ baseUrl: 'http://127.0.0.1:1', auth: bearerAuth(() => 'hunter22\n') });
  const error = await t.throwsAsync(http.get('/'), { instanceOf: ConfigError });
  t.false(error?.message.includes('hunter22'));
});

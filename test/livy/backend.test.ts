import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import {
  AuthError,
  ConfigError,
  HttpStatusError,
  JobRefusedError,
  type RunRef,
  UnreachableError,
} from '../../src/core/index.js';
import { LivyBackend, LivyClient } from '../../src/livy/index.js';
import { between, type Exchange, made, RECORDED, recorded, recording, replay } from '../helpers/replay.js';

const backendAt = (url: string) => new LivyBackend(new LivyClient({ url, retries: 0 }));

async function open(t: ExecutionContext, exchanges: readonly Exchange[]) {
  const { url, asked } = await replay(t, exchanges, { bodies: 'any' });
  return { backend: backendAt(url), asked, url };
}
const plan = (name: string) => ({ spec: { file: '/srv/jobs/pi.py' }, name, tags: [name, 'spec-1f'] });
const refTo = (name: string, more: Partial<RunRef> = {}): RunRef => ({
  v: 1,
  key: 'k',
  attempt: 1,
  backend: 'livy',
  endpoint: 'http://livy.invalid',
  name,
  createdAt: '2026-11-01T00:00:00Z',
  ...more,
});
const ours = 'livywire-x-a1';
const view = (more: object = {}) => ({
  id: 7,
  name: ours,
  state: 'running',
  appId: null,
  appInfo: {},
  log: [],
  ...more,
});
const notFound = (method: string, what: string) =>
  made(method, `/batches/${what}`, 404, { msg: `Session '${what}' not found.` });

test('the request carries our name, the tags of both, and a conf of texts', (t) => {
  const spec = {
    file: '/a.py',
    name: 'a label',
    args: ['1'],
    conf: { 'spark.yarn.tags': 'team-a, nightly', 'spark.x': 0, 'spark.y': false },
  };
  t.deepEqual(backendAt('http://livy.invalid').request({ spec, name: ours, tags: [ours, 'spec-1f'] }), {
    file: '/a.py',
    name: ours,
    args: ['1'],
    conf: { 'spark.yarn.tags': `team-a,nightly,${ours},spec-1f`, 'spark.x': '0', 'spark.y': 'false' },
  });
  t.is(spec.conf['spark.x'], 0);
});

test('start sends exactly what request shows', async (t) => {
  const body = { file: '/srv/jobs/pi.py', name: ours, conf: { 'spark.yarn.tags': `${ours},spec-1f` } };
  const { url } = await replay(t, [
    { ...made('POST', '/batches', 201, view()), request: { method: 'POST', path: '/batches', body } },
  ]);
  t.like(await backendAt(url).start(plan(ours)), {
    kind: 'started',
    status: { id: '7', name: ours, state: 'running' },
  });
});

test('check names the field, and takes any label', (t) => {
  const backend = backendAt('http://livy.invalid');
  t.is(t.throws(() => backend.check({ file: 'x.py' }), { instanceOf: ConfigError }).field, 'file');
  t.notThrows(() => backend.check({ file: '/x.py', name: '123' }));
});

for (const version of RECORDED) {
  test(`${version}: a POST that is taken is started`, async (t) => {
    const { backend } = await open(t, [recorded(version, 'a named batch')]);
    t.like(await backend.start(plan('pi-1')), { kind: 'started', status: { id: '0', raw: 'running', name: 'pi-1' } });
  });

  test(`${version}: a name that is taken is a duplicate`, async (t) => {
    const { backend } = await open(t, [recorded(version, 'the same name while the first is kept')]);
    t.deepEqual(await backend.start(plan('pi-1')), { kind: 'duplicate' });
  });

  for (const [note, words] of [
    ['refused: relative path', /Path 'jobs\/x\.py' is not absolute/],
    ['refused: local path outside the whitelist', /Local path \/etc\/hosts cannot be added/],
    ['refused: no file', /File is required/],
    ['an unknown field', /Unrecognized field "colour"/],
    ['a name of digits only', /Invalid session name: 12345/],
  ] as const) {
    test(`${version}: refused in the words of Livy, with what may be left over: ${note}`, async (t) => {
      const { backend } = await open(t, [recorded(version, note)]);
      const answer = await backend.start(plan('zombie-1'));
      if (answer.kind !== 'refused') return t.fail(answer.kind);
      t.true(answer.leftover);
      t.true(answer.error instanceof JobRefusedError);
      return t.regex(answer.error.message, words);
    });
  }

  test(`${version}: a 500 is unknown, even one for the content`, async (t) => {
    const { backend } = await open(t, [recorded(version, 'a string where a number belongs')]);
    t.is((await backend.start(plan('zombie-4'))).kind, 'unknown');
  });

  test(`${version}: what a refusal left behind is found waiting, and discarded`, async (t) => {
    const zombie = recorded(version, 'and its zombie');
    const exchanges = recording(version);
    const { backend } = await open(t, [
      zombie,
      ...exchanges.slice(exchanges.indexOf(exchanges.find(({ note }) => note === zombie.note) as Exchange), 12),
    ]);
    t.like(await backend.find('zombie-1'), { state: 'waiting', raw: 'starting', tail: [] });
    await backend.discard('zombie-1');
  });

  test(`${version}: a batch that began is never discarded`, async (t) => {
    const { backend, asked } = await open(t, [recorded(version, 'by name until its end (running)')]);
    await backend.discard('pi-1');
    t.deepEqual(asked, ['GET /batches/pi-1']);
  });

  test(`${version}: a job that fails is read to its end, with its last lines`, async (t) => {
    const { backend } = await open(t, between(version, 'a job that fails', 'until its end (dead)'));
    const started = await backend.start(plan('fails-1'));
    t.is(started.kind, 'started');
    t.is((await backend.find('fails-1'))?.state, 'running');
    const ended = await backend.find('fails-1');
    t.like(ended, { raw: 'dead', state: 'failed', id: '7' });
    t.true(ended?.tail?.includes('ValueError: made to fail'));
    t.false(ended?.tail?.some((line) => /^\n?std(out|err): $/.test(line)));
  });

  test(`${version}: stop checks whose batch it is, deletes it by name, and finds no record afterwards`, async (t) => {
    const exchanges = recording(version);
    const at = exchanges.findIndex(({ note }) => note === 'cancel while running');
    const { backend, asked } = await open(t, exchanges.slice(at - 1, at + 2));
    t.is(await backend.stop(refTo('sleeps-1')), 'asked');
    t.is(await backend.stop(refTo('sleeps-1')), 'no-record');
    t.deepEqual(asked, ['GET /batches/sleeps-1', 'DELETE /batches/sleeps-1', 'GET /batches/sleeps-1']);
  });

  test(`${version}: a name that nobody has is not there`, async (t) => {
    const { backend } = await open(t, [recorded(version, 'unknown name')]);
    t.is(await backend.find('nobody'), undefined);
  });

  test(`${version}: list gives every batch as a status`, async (t) => {
    const { body } = recorded(version, 'a page').response;
    const { backend } = await open(t, [made('GET', '/batches?from=0&size=100', 200, body)]);
    const names = [];
    for await (const { name, state } of backend.list()) names.push([name, state]);
    t.deepEqual(names, [
      ['pi-1', 'succeeded'],
      ['fails-1', 'failed'],
    ]);
  });
}

test('0.7.1 words a duplicate without the prefix', async (t) => {
  const msg = `Duplicate session name: Some(${ours}) for session 1`;
  const { backend } = await open(t, [made('POST', '/batches', 400, { msg })]);
  t.deepEqual(await backend.start(plan(ours)), { kind: 'duplicate' });
});

test('back-pressure is busy, with what Retry-After asks for', async (t) => {
  const { backend } = await open(t, [
    made('POST', '/batches', 400, { msg: 'Rejected, too many sessions are being created!' }),
    made('POST', '/batches', 400, { msg: 'Rejected, Reason: Maximum number of sessions reached' }),
    made('POST', '/batches', 429, '', { 'retry-after': '7' }),
  ]);
  t.deepEqual(await backend.start(plan(ours)), {
    kind: 'busy',
    message: 'Rejected, too many sessions are being created!',
  });
  t.is((await backend.start(plan(ours))).kind, 'busy');
  t.like(await backend.start(plan(ours)), { kind: 'busy', retryAfterMs: 7_000 });
});

test('credentials or rights that are refused leave nothing behind', async (t) => {
  const { backend } = await open(t, [made('POST', '/batches', 403, { msg: 'User x not allowed to impersonate y' })]);
  const answer = await backend.start(plan(ours));
  t.like(answer, { kind: 'refused', leftover: false });
  t.true(answer.kind === 'refused' && answer.error instanceof AuthError);
});

test('a POST that nobody serves is refused, and the address is named', async (t) => {
  const { backend, url } = await open(t, [
    made('POST', '/batches', 404, '<html>no</html>', { 'content-type': 'text/html' }),
  ]);
  const answer = await backend.start(plan(ours));
  t.like(answer, { kind: 'refused', leftover: false });
  t.true(answer.kind === 'refused' && answer.error.message.includes(url));
});

for (const [title, exchange] of [
  ['another name', made('POST', '/batches', 201, view({ name: 'somebody-elses' }))],
  ['no name', made('POST', '/batches', 201, view({ name: null }))],
  ['no batch', made('POST', '/batches', 200, { welcome: true })],
  ['no JSON', made('POST', '/batches', 201, '<html>', { 'content-type': 'text/html' })],
  ['nothing', made('POST', '/batches', 201, '', { 'content-type': 'text/plain' })],
  ['502', made('POST', '/batches', 502, 'Bad gateway', { 'content-type': 'text/html' })],
  ['503 with Retry-After', made('POST', '/batches', 503, '', { 'retry-after': '1' })],
  ['504', made('POST', '/batches', 504, '')],
  ['408', made('POST', '/batches', 408, '')],
] as const) {
  test(`a POST that is answered with ${title} is unknown`, async (t) => {
    const { backend } = await open(t, [exchange]);
    t.is((await backend.start(plan(ours))).kind, 'unknown');
  });
}

/** A server that does as told with each connection. */
async function rawServer(t: ExecutionContext, onData: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', () => onData(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a connection that is reset after the request is unknown', async (t) => {
  const url = await rawServer(t, (socket) => socket.resetAndDestroy());
  t.is((await backendAt(url).start(plan(ours))).kind, 'unknown');
});

test('an answer that breaks off is unknown', async (t) => {
  const url = await rawServer(t, (socket) => socket.end('HTTP/1.1 201 Created\r\ncontent-length: 99\r\n\r\n{"id":'));
  t.is((await backendAt(url).start(plan(ours))).kind, 'unknown');
});

test('an answer that does not come in time is unknown', async (t) => {
  const url = await rawServer(t, () => undefined);
  t.is((await backendAt(url).start(plan(ours), { timeoutMs: 1_500 })).kind, 'unknown');
});

test('a connection that is refused is unsent', async (t) => {
  const url = await rawServer(t, () => undefined);
  const free = createServer();
  await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve));
  const { port } = free.address() as AddressInfo;
  await new Promise((resolve) => free.close(resolve));
  t.is((await backendAt(url.replace(/\d+$/, String(port))).start(plan(ours))).kind, 'unsent');
});

test('start rejects only with the reason of its signal', async (t) => {
  const url = await rawServer(t, () => stop.abort(reason));
  const stop = new AbortController();
  const reason = new Error('enough');
  t.is(await t.throwsAsync(backendAt(url).start(plan(ours), { signal: stop.signal })), reason);
});

test('a spec that Livy would refuse is refused without being sent', async (t) => {
  const { backend, asked } = await open(t, []);
  const answer = await backend.start({ ...plan(ours), spec: { file: 'relative.py' } });
  t.like(answer, { kind: 'refused', leftover: false });
  t.deepEqual(asked, []);
});

test('a 404 of a proxy is not taken for absence', async (t) => {
  const html = made('GET', `/batches/${ours}`, 404, '<html>Not Found</html>', { 'content-type': 'text/html' });
  const { backend } = await open(t, [html, html, html, html]);
  await t.throwsAsync(backend.find(ours), { instanceOf: HttpStatusError });
  await t.throwsAsync(backend.status(refTo(ours)), { instanceOf: HttpStatusError });
  await t.throwsAsync(backend.stop(refTo(ours)), { instanceOf: HttpStatusError });
  await t.throwsAsync(backend.discard(ours), { instanceOf: HttpStatusError });
});

test('an id that belongs to another name now is no record, for reading and for stopping', async (t) => {
  const other = made('GET', '/batches/7', 200, view({ name: 'somebody-elses' }));
  const nameless = made('GET', '/batches/7', 200, view({ name: null }));
  const none = notFound('GET', ours);
  const { backend, asked } = await open(t, [other, none, other, none, nameless, none]);
  const ref = refTo(ours, { id: '7' });
  t.is(await backend.status(ref), undefined);
  t.is(await backend.stop(ref), 'no-record');
  t.is(await backend.status(ref), undefined);
  t.false(asked.some((request) => request.startsWith('DELETE')));
});

test('a batch that is under our name by another id is ours: the id that we knew was given anew', async (t) => {
  const other = made('GET', '/batches/7', 200, view({ name: 'somebody-elses' }));
  const { backend } = await open(t, [other, made('GET', `/batches/${ours}`, 200, view({ id: 9 }))]);
  t.is((await backend.status(refTo(ours, { id: '7' })))?.id, '9');
});

test("a batch of somebody else's name by another id is another batch", async (t) => {
  const { backend, asked } = await open(t, [notFound('GET', '7')]);
  t.is(await backend.status(refTo('daily-etl', { id: '7', attempt: 0 })), undefined);
  t.is(asked.length, 1);
});

test('asked by name, an answer under another name or none is no proof of absence', async (t) => {
  const answers = [view({ name: null }), view({ name: 'somebody-elses' })];
  const { backend } = await open(
    t,
    [...answers, ...answers].map((answer) => made('GET', `/batches/${ours}`, 200, answer)),
  );
  for (let i = 0; i < 2; i++) await t.throwsAsync(backend.find(ours), { name: 'BadAnswerError' });
  for (let i = 0; i < 2; i++) await t.throwsAsync(backend.status(refTo(ours)), { name: 'BadAnswerError' });
});

test('another application under the name is not this run; one that is not known yet may be', async (t) => {
  const at = (appId: string | null) => made('GET', '/batches/7', 200, view({ appId }));
  const { backend } = await open(t, [at('application_1_2'), at('application_1_1'), at(null)]);
  const ref = refTo(ours, { id: '7', appId: 'application_1_1' });
  t.is(await backend.status(ref), undefined);
  t.is((await backend.status(ref))?.appId, 'application_1_1');
  t.is((await backend.status(ref))?.state, 'running');
});

test('a batch without a name is read by id and stopped by id, as long as the application agrees', async (t) => {
  const at = (appId: string | null) => made('GET', '/batches/7', 200, view({ name: null, appId }));
  const gone = made('DELETE', '/batches/7', 200, { msg: 'deleted' });
  const { backend, asked } = await open(t, [at(null), at(null), gone, at('application_1_2'), at(null)]);
  const ref = refTo('', { id: '7' });
  t.is((await backend.status(ref))?.state, 'running');
  t.is(await backend.stop(ref), 'asked');
  const known = { ...ref, appId: 'application_1_1' };
  t.is(await backend.stop(known), 'no-record');
  t.is(await backend.stop(known), 'no-record', 'an id alone is given anew');
  t.is(asked.filter((request) => request.startsWith('DELETE')).length, 1);
});

test('an application that was found at YARN has no batch that could be read or stopped', async (t) => {
  const { backend, asked } = await open(t, []);
  const ref = refTo('', { appId: 'application_1_1' });
  t.is(await backend.status(ref), undefined);
  t.is(await backend.stop(ref), 'no-record');
  t.deepEqual(asked, []);
});

test('a name without an id is not enough where the application is known and the batch does not show it', async (t) => {
  const at = (appId: string | null) => made('GET', '/batches/nightly', 200, view({ name: 'nightly', appId }));
  const { backend } = await open(t, [at(null), at('application_1_2'), at('application_1_1')]);
  const ref = refTo('nightly', { appId: 'application_1_1' });
  t.is(await backend.stop(ref), 'no-record');
  t.is(await backend.stop(ref), 'no-record');
  t.is((await backend.status(ref))?.state, 'running');
});

test('a secret in YARN’s diagnostics does not come with a status', async (t) => {
  const log = ['stdout: ', '\nstderr: ', '\nYARN Diagnostics: ', 'cannot connect with password=hunter2'];
  const { backend } = await open(t, [made('GET', `/batches/${ours}`, 200, view({ log }))]);
  t.is((await backend.status(refTo(ours)))?.message, 'cannot connect with password=(redacted)');
});

test('stop by a ref with an id reads by id and deletes by name; gone in between is no record', async (t) => {
  const { backend, asked } = await open(t, [made('GET', '/batches/7', 200, view()), notFound('DELETE', ours)]);
  t.is(await backend.stop(refTo(ours, { id: '7' })), 'no-record');
  t.deepEqual(asked, ['GET /batches/7', `DELETE /batches/${ours}`]);
});

test('stop that is not answered is an error, not a success', async (t) => {
  const { backend } = await open(t, [
    made('GET', `/batches/${ours}`, 200, view()),
    made('DELETE', `/batches/${ours}`, 500, ''),
  ]);
  await t.throwsAsync(backend.stop(refTo(ours)), { instanceOf: HttpStatusError });
});

for (const [what, status, body] of [
  ['503', 503, ''],
  ['something that is no batch', 200, '[]'],
] as const) {
  test(`stop before which Livy answers ${what} was not sent, and says so`, async (t) => {
    const { backend, asked } = await open(t, [made('GET', `/batches/${ours}`, status, body)]);
    const error = await t.throwsAsync(backend.stop(refTo(ours)), {
      instanceOf: UnreachableError,
      message: /; k was not asked to stop$/,
    });
    t.is(error.reached, 'no');
    t.is(asked.length, 1);
  });
}

test('discard takes a name that is gone already for done', async (t) => {
  const zombie = made('GET', `/batches/${ours}`, 200, view({ state: 'starting' }));
  const { backend } = await open(t, [notFound('GET', ours), zombie, notFound('DELETE', ours)]);
  await backend.discard(ours);
  await backend.discard(ours);
  t.pass();
});

for (const [title, more] of [
  ['with an application', { state: 'starting', appId: 'application_1_1' }],
  ['with a log', { state: 'starting', log: ['stdout: ', '\nstderr: '] }],
  ['in another state', { state: 'running' }],
] as const) {
  test(`a batch ${title} is not discarded`, async (t) => {
    const { backend, asked } = await open(t, [made('GET', `/batches/${ours}`, 200, view(more))]);
    await backend.discard(ours);
    t.is(asked.length, 1);
  });
}

for (const [raw, state] of Object.entries({
  not_started: 'waiting',
  starting: 'waiting',
  recovering: 'waiting',
  idle: 'running',
  running: 'running',
  busy: 'running',
  shutting_down: 'running',
  success: 'succeeded',
  dead: 'failed',
  error: 'failed',
  killed: 'cancelled',
  defrosting: 'unknown',
  constructor: 'unknown',
})) {
  test(`${raw} is ${state}`, async (t) => {
    const { backend } = await open(t, [made('GET', `/batches/${ours}`, 200, view({ state: raw }))]);
    t.like(await backend.status(refTo(ours)), { raw, state, source: 'livy' });
  });
}

test('links, diagnostics and tail come with a status', async (t) => {
  const answer = view({
    appId: 'application_1_1',
    appInfo: { driverLogUrl: 'http://nm:8042/x', sparkUiUrl: 'http://rm:8088/y' },
    log: ['last line', '\nstderr: ', '\nYARN Diagnostics: ', 'queue a is full', 'so wait'],
  });
  const { backend } = await open(t, [made('GET', `/batches/${ours}`, 200, answer)]);
  t.deepEqual(await backend.status(refTo(ours)), {
    raw: 'running',
    state: 'running',
    source: 'livy',
    id: '7',
    name: ours,
    appId: 'application_1_1',
    links: { driverLog: 'http://nm:8042/x', sparkUi: 'http://rm:8088/y' },
    message: 'queue a is full\nso wait',
    tail: ['last line', 'queue a is full', 'so wait'],
  });
});

for (const state of ['dead', 'success', 'killed', 'error']) {
  test(`a batch that is ${state} is not deleted: Livy would forget how it ended, and its log`, async (t) => {
    const { backend, asked } = await open(t, [made('GET', `/batches/${ours}`, 200, view({ state }))]);
    t.is(await backend.stop(refTo(ours)), 'ended');
    t.deepEqual(asked, [`GET /batches/${ours}`]);
  });
}

test('a Livy that does not say what it knows is not asked to stop anything, which is said in time', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  t.teardown(() => (sockets.forEach((socket) => socket.destroy()), server.close()));
  const backend = backendAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await t.throwsAsync(backend.stop(refTo(ours), { timeoutMs: 400 }), {
    instanceOf: UnreachableError,
    message: 'Livy did not answer within 0.2 s; k was not asked to stop',
  });
  const error = await t.throwsAsync<UnreachableError>(backend.stop(refTo(ours), { timeoutMs: 333.3 }));
  t.is(error?.reached, 'no');
});

import test from 'ava';
import { AuthError, BadAnswerError, HttpStatusError } from '../../src/core/index.js';
import { isLivyNotFound, LivyClient } from '../../src/livy/index.js';
import { between, made, RECORDED, recorded, recording, replay } from '../helpers/replay.js';

const client = (url: string, options = {}) => new LivyClient({ url, retries: 0, ...options });

for (const version of RECORDED) {
  test(`${version}: version says which Livy it is`, async (t) => {
    const { url } = await replay(t, [recorded(version, 'version')]);
    t.is((await client(url).version()).version, `${version}-incubating`);
  });

  test(`${version}: create sends the body as given and answers the batch`, async (t) => {
    const { url } = await replay(t, [recorded(version, 'a named batch')]);
    const batch = await client(url).batches.create({
      file: '/srv/jobs/pi.py',
      args: ['20000'],
      name: 'pi-1',
      conf: { 'spark.ui.enabled': false },
    });
    t.deepEqual(batch, {
      id: 0,
      name: 'pi-1',
      owner: undefined,
      proxyUser: undefined,
      state: 'running',
      appId: undefined,
      appInfo: { driverLogUrl: undefined, sparkUiUrl: undefined, executorLogUrls: undefined },
      log: ['stdout: ', '\nstderr: '],
    });
  });

  test(`${version}: a batch is read by name until its end`, async (t) => {
    const { url } = await replay(
      t,
      between(version, 'by name until its end (running)', 'by name until its end (success)'),
    );
    const livy = client(url);
    t.is((await livy.batches.get('pi-1')).state, 'running');
    const ended = await livy.batches.get('pi-1');
    t.is(ended.state, 'success');
    t.is(ended.log.length, 10);
  });

  test(`${version}: log, a page beyond the log, and state`, async (t) => {
    const { url } = await replay(t, between(version, 'first five log lines', 'state only'));
    const livy = client(url);
    const page = await livy.batches.log(0, { from: 0, size: 5 });
    t.deepEqual([page.id, page.from, page.total, page.log.length, page.log[0]], [0, 0, 89, 5, 'stdout: ']);
    t.deepEqual(await livy.batches.log(0, { from: 100_000, size: 5 }), { id: 0, from: 100_000, total: 89, log: [] });
    t.deepEqual(await livy.batches.state(0), { id: 0, state: 'success' });
  });

  test(`${version}: what Livy does not have is told from other errors, in Livy's words`, async (t) => {
    const { url } = await replay(t, between(version, 'unknown id', 'delete an unknown id'));
    const { batches } = client(url);
    const calls = [
      () => batches.get(999),
      () => batches.get('nobody'),
      () => batches.log(999),
      () => batches.delete(999),
    ];
    const names = ['999', 'nobody', '999', '999'];
    for (const [i, call] of calls.entries()) {
      const error = await t.throwsAsync(call, { instanceOf: HttpStatusError });
      t.is(error.serverMessage, `Session '${names[i]}' not found.`);
      t.true(isLivyNotFound(error));
    }
  });

  test(`${version}: delete resolves once the batch is gone`, async (t) => {
    const exchanges = recording(version);
    const at = exchanges.findIndex(({ note }) => note === 'cancel while running');
    const { url } = await replay(t, exchanges.slice(at, at + 2));
    await client(url).batches.delete('sleeps-1');
    t.true(isLivyNotFound(await t.throwsAsync(client(url).batches.get('sleeps-1'))));
  });

  test(`${version}: list asks for no page before its first batch is wanted`, async (t) => {
    const { url, asked } = await replay(t, [recorded(version, 'a page')]);
    const list = client(url).batches.list({ pageSize: 2 });
    t.deepEqual(asked, []);
    t.is((await list.next()).value?.name, 'pi-1');
    t.is((await list.next()).value?.name, 'fails-1');
    await list.return();
    t.is(asked.length, 1);
  });
}

test('an empty list ends after one request', async (t) => {
  const { url } = await replay(t, [made('GET', '/batches?from=0&size=100', 200, { from: 0, total: 0, sessions: [] })]);
  const seen = [];
  for await (const batch of client(url).batches.list()) seen.push(batch);
  t.deepEqual(seen, []);
});

test('a POST that is answered 200 with null fields, as Fabric and Synapse do, is a batch', async (t) => {
  const answer = { id: 3, name: 'x', state: 'not_started', appId: null, appInfo: null, log: null, plugin: { a: 1 } };
  const { url } = await replay(t, [made('POST', '/batches', 200, answer)], { bodies: 'any' });
  const batch = await client(url).batches.create({ file: '/a.py', name: 'x' });
  t.deepEqual(batch.log, []);
  t.is(batch.appInfo.sparkUiUrl, undefined);
});

test('a state that nobody has seen is passed on', async (t) => {
  const { url } = await replay(t, [made('GET', '/batches/3', 200, { id: 3, state: 'defrosting' })]);
  t.is((await client(url).batches.get(3)).state, 'defrosting');
});

test('parts of a path are escaped, and what would change the path is refused', async (t) => {
  const { url } = await replay(t, [
    made('GET', '/batches/a%2Fb%3Fc%23d', 200, { id: 1, name: 'a/b?c#d', state: 'idle' }),
  ]);
  t.is((await client(url).batches.get('a/b?c#d')).name, 'a/b?c#d');
  for (const bad of ['', '.', '..', -1, 1.5, NaN, '\ud800']) {
    await t.throwsAsync(async () => client(url).batches.get(bad), { name: 'ConfigError' }, String(bad));
  }
});

test('doAs travels with every call, and a call may name another user', async (t) => {
  const { url, asked } = await replay(
    t,
    [
      made('POST', '/batches?doAs=ann', 201, { id: 1, state: 'starting' }),
      made('GET', '/batches/1?doAs=bob', 200, { id: 1, state: 'starting' }),
      made('GET', '/batches?from=0&size=2&doAs=ann', 200, { sessions: [{ id: 1, state: 'starting' }] }),
      made('DELETE', '/batches/1?doAs=ann', 200, { msg: 'deleted' }),
    ],
    { bodies: 'any' },
  );
  const { batches } = client(url, { doAs: 'ann' });
  await batches.create({ file: '/a.py' });
  await batches.get(1, { doAs: 'bob' });
  for await (const batch of batches.list({ pageSize: 2 })) t.is(batch.id, 1);
  await batches.delete(1);
  t.is(asked.length, 4);
});

test('an answer that is no batch is a BadAnswerError that shows it, redacted and cut', async (t) => {
  const nonsense = [
    'Welcome',
    null,
    [],
    { id: 'x', state: 'idle' },
    { id: 1 },
    { state: 'idle', token: 'abc', filler: 'y'.repeat(5_000) },
  ];
  const { url } = await replay(
    t,
    nonsense.map((body) => made('GET', '/batches/1', 200, body)),
  );
  for (const body of nonsense) {
    const error = await t.throwsAsync(client(url).batches.get(1), { instanceOf: BadAnswerError }, JSON.stringify(body));
    t.true(error.body.length <= 500);
    t.false(error.body.includes('abc'));
  }
});

test('a list or a log that is none is a BadAnswerError', async (t) => {
  const { url } = await replay(t, [
    made('GET', '/batches?from=0&size=100', 200, { sessions: 'many' }),
    made('GET', '/batches?from=0&size=100', 200, { sessions: [{ id: 1, state: 'idle' }, 7] }),
    made('GET', '/batches/1/log', 200, { id: 1, log: 'text' }),
    made('GET', '/batches/1/state', 200, { id: 1 }),
    made('GET', '/version', 200, {}),
  ]);
  const livy = client(url);
  for (let i = 0; i < 2; i++) await t.throwsAsync(livy.batches.list().next(), { instanceOf: BadAnswerError });
  await t.throwsAsync(livy.batches.log(1), { instanceOf: BadAnswerError });
  await t.throwsAsync(livy.batches.state(1), { instanceOf: BadAnswerError });
  await t.throwsAsync(livy.version(), { instanceOf: BadAnswerError });
});

test('a 404 of something that is not Livy is not taken for absence', async (t) => {
  const html = '<html><body><h2>HTTP ERROR 404</h2>Session store not configured</body></html>';
  const { url } = await replay(t, [made('GET', '/batches/1', 404, html, { 'content-type': 'text/html' })]);
  const error = await t.throwsAsync(client(url).batches.get(1), { instanceOf: HttpStatusError });
  t.false(isLivyNotFound(error));
});

test('rights that are missing are an AuthError', async (t) => {
  const { url } = await replay(t, [made('GET', '/batches/1/log', 403, '')]);
  await t.throwsAsync(client(url).batches.log(1), { instanceOf: AuthError });
});

test('a request that Livy would refuse is never sent', async (t) => {
  const { url, asked } = await replay(t, []);
  await t.throwsAsync(client(url).batches.create({ file: 'jobs/x.py', name: 'zombie-1' }), { name: 'ConfigError' });
  t.deepEqual(asked, []);
});

test('a client is made without touching the network, and a base path is kept', (t) => {
  t.is(client('https://knox.invalid/gateway/x/livy/v1/').url, 'https://knox.invalid/gateway/x/livy/v1');
});

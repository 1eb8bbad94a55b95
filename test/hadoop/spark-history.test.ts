import test, { type ExecutionContext } from 'ava';
import { BadAnswerError, HttpStatusError, isFinal, type RunRef } from '../../src/core/index.js';
import { SparkHistory } from '../../src/hadoop/index.js';
import { bodyOf, type Reply, serve } from './recorded.js';

const appIdOf = (name: string) => bodyOf<{ id: string }>(name).id;
const refTo = (appId: string): RunRef => ({
  v: 1,
  key: 'k',
  attempt: 1,
  backend: 'livy',
  endpoint: 'http://livy.test',
  name: 'livywire-0f1e-a1',
  appId,
  createdAt: '2026-11-23T01:00:00.000Z',
});

async function read(t: ExecutionContext, app: string | Reply, jobs?: string | Reply, appId?: string) {
  const served = await serve(t, 'History', (_method, { pathname }) =>
    pathname.endsWith('/jobs') ? ['jobs', jobs] : ['app', app],
  );
  const id = appId ?? (typeof app === 'string' ? appIdOf(app) : 'application_1_0001');
  const status = await new SparkHistory({ http: served.http }).status(refTo(id));
  return { ...served, id, status };
}

test('a completed application is not called a success', async (t) => {
  const { status, id, http, asked } = await read(t, 'history-succeeds', 'history-succeeds-jobs');
  t.is(status?.raw, 'COMPLETED');
  t.is(status?.state, 'unknown');
  t.regex(status?.unclear ?? '', /driver has stopped \(2 of 2 Spark jobs succeeded, 0 failed\), not how it ended/);
  t.is(status?.links.history, `${http.baseUrl}/history/${id}/1/`);
  t.deepEqual(asked, [`GET /api/v1/applications/${id}`, `GET /api/v1/applications/${id}/1/jobs`]);
});

test('a driver that failed looks just the same: every Spark job of it succeeded', async (t) => {
  const { status, http, id } = await read(t, 'history-fails', 'history-fails-jobs');
  t.is(status?.state, 'unknown');
  t.is(status?.raw, 'COMPLETED');
  t.regex(status?.message ?? '', /^2 of 2 Spark jobs succeeded, 0 failed, in the last of 2 attempts$/);
  t.is(status?.links.history, `${http.baseUrl}/history/${id}/2/`);
});

test('a failed Spark job does not make a failed application: the driver may have gone on, as this one did', async (t) => {
  const { status } = await read(t, 'history-survives-a-failed-job', 'history-survives-a-failed-job-jobs');
  t.is(status?.state, 'unknown');
  t.regex(status?.message ?? '', /^2 of 3 Spark jobs succeeded, 1 failed$/);
});

test('an event log without an end says neither that it runs nor that it is over', async (t) => {
  const { status, asked } = await read(t, 'history-in-progress');
  t.is(status?.raw, 'INCOMPLETE');
  t.is(status?.state, 'unknown');
  t.regex(status?.unclear ?? '', /at work, or was killed/);
  t.is(asked.length, 1);
});

test('in client mode attempts have no id', async (t) => {
  const { status, asked, http, id } = await read(t, 'history-client-mode', 'history-client-mode-jobs');
  t.is(status?.raw, 'COMPLETED');
  t.is(status?.links.history, `${http.baseUrl}/history/${id}/`);
  t.is(asked[1], `GET /api/v1/applications/${id}/jobs`);
});

test('no reading of it is ever final', async (t) => {
  for (const name of ['succeeds', 'fails', 'survives-a-failed-job', 'client-mode']) {
    const { status } = await read(t, `history-${name}`, `history-${name}-jobs`);
    t.false(status === undefined || isFinal(status), name);
  }
});

test('an application that it does not know has no record', async (t) => {
  const { status } = await read(t, 'history-not-found', undefined, 'application_1_0001');
  t.is(status, undefined);
});

test('without an application id nothing is asked', async (t) => {
  const { http, asked } = await serve(t, 'History', () => ['nothing', undefined]);
  const { appId: _none, ...ref } = refTo('');
  t.is(await new SparkHistory({ http }).status(ref), undefined);
  t.deepEqual(asked, []);
});

test('a 404 of somebody else is an error', async (t) => {
  for (const body of ['<html><title>Not found</title></html>', 'unknown app: application_9_0009', '']) {
    await t.throwsAsync(read(t, { status: 404, headers: {}, body }), { instanceOf: HttpStatusError });
  }
});

test('an answer that is not an application is an error', async (t) => {
  const reply = (body: string): Reply => ({ status: 200, headers: {}, body });
  await t.throwsAsync(read(t, reply('[]')), { instanceOf: BadAnswerError, message: /not an application/ });
  const jobs = reply('{"error":"no"}');
  await t.throwsAsync(read(t, 'history-succeeds', jobs), { instanceOf: BadAnswerError, message: /not a list of jobs/ });
});

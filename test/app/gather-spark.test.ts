import test, { type ExecutionContext } from 'ava';
import { gatherSpark } from '../../src/app/gather-spark.js';
import { readSettings } from '../../src/app/index.js';
import type { RunOutcome, RunRef } from '../../src/core/index.js';
import { createNetwork } from '../../src/http/index.js';
import { RECORDED_APP, recordedHistory } from '../helpers/spark-facts.js';
import { webServer } from '../helpers/web-server.js';

const PROXY = `/proxy/${RECORDED_APP}`;
const ref: RunRef = {
  v: 1,
  key: 'k',
  attempt: 1,
  backend: 'livy',
  endpoint: 'http://livy:8998',
  name: 'livywire-00-a1',
  appId: RECORDED_APP,
  createdAt: '2026-11-23T04:00:00.000Z',
};
const io = { readFile: async () => undefined, readStdin: async () => '', home: () => '/home/me' };

/** A web proxy of YARN's with the recorded driver behind it, which knows itself without its attempt's number. */
async function webProxy(t: ExecutionContext) {
  const driver = await recordedHistory(t);
  return webServer(t, async ({ url }, response) => {
    const path = url.replace(PROXY, '').replace(`/${RECORDED_APP}/`, `/${RECORDED_APP}/1/`);
    const answer = await fetch(`${driver.url}${path}`);
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
  });
}

async function gathered(t: ExecutionContext, yarnUrl: string, sparkUi: string) {
  const settings = await readSettings({
    flags: { url: 'http://livy:8998', yarnUrl },
    env: {},
    cwd: '/srv',
    io: io as never,
  });
  const network = createNetwork();
  t.teardown(() => network.close());
  const missing: string[] = [];
  const outcome = { kind: 'succeeded', ref, links: { sparkUi } } as RunOutcome;
  const facts = await gatherSpark(ref, { settings, now: 0 }, network, missing, { outcome, status: undefined });
  return { facts, missing };
}

const bare = (t: ExecutionContext) => webServer(t, (_, response) => response.writeHead(404).end());

test('where the ResourceManager has no proxy, the one that it linked to is asked', async (t) => {
  const yarn = await bare(t);
  const proxy = await webProxy(t);
  const { facts, missing } = await gathered(t, yarn.url, `${proxy.url}${PROXY}/`);
  t.is(facts?.jobs.length, 5);
  t.deepEqual(missing, []);
  t.true(yarn.seen.some(({ url }) => url.startsWith(PROXY)));
  t.true(
    proxy.seen.every(({ url, headers }) => url.startsWith(`${PROXY}/api/v1/`) && headers.authorization === undefined),
  );
});

test('of other links nobody is asked, and what a proxy redirects to is no other server', async (t) => {
  const yarn = await bare(t);
  const other = await bare(t);
  t.is((await gathered(t, yarn.url, `${other.url}/x?to=${PROXY}`)).facts, undefined);
  t.is((await gathered(t, yarn.url, `${other.url}/proxy/application_1_2/`)).facts, undefined);
  const proxy = await webServer(t, ({ url }, response) =>
    response.writeHead(302, { location: `${other.url}${url}` }).end(),
  );
  const { facts, missing } = await gathered(t, yarn.url, `${proxy.url}${PROXY}/`);
  t.is(facts, undefined);
  t.regex(missing.join('\n'), /redirects to .* no further than its own host/);
  t.deepEqual(other.seen, []);
});

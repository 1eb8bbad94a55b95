import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { connectToSteps } from '../../../src/aws/index.js';
import { clusterStub } from '../../helpers/cluster-stub.js';
import { standInCredentials } from '../../helpers/moto.js';

standInCredentials();

/** A cluster whose ResourceManager's port is answered so. */
async function connectOver(t: ExecutionContext, answer: (response: ServerResponse) => void) {
  const server = createServer((_request, response) => answer(response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const port = (server.address() as AddressInfo).port;
  const stub = await clusterStub(t, {
    DescribeCluster: () => ({
      Cluster: {
        Id: 'j-ABC',
        Name: 'nightly',
        Status: { State: 'WAITING' },
        Configurations: [
          { Classification: 'yarn-site', Properties: { 'yarn.resourcemanager.webapp.address': `0.0.0.0:${port}` } },
        ],
      },
    }),
    ListInstances: () => ({ Instances: [{ Ec2InstanceId: 'i-1', PrivateIpAddress: '127.0.0.1' }] }),
  });
  const said: string[] = [];
  const clients = { ...stub.clients, emrOnce: () => stub.clients.emr() };
  const { yarn } = await connectToSteps('j-ABC', { clients, onBlind: (text) => said.push(text) });
  return { yarn, said, url: `http://127.0.0.1:${port}` };
}

test('a ResourceManager that answers is asked', async (t) => {
  const info = '{"clusterInfo":{"startedOn":1,"state":"STARTED","haState":"ACTIVE","resourceManagerVersion":"3.3.4"}}';
  const { yarn, url, said } = await connectOver(t, (response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(info),
  );
  t.deepEqual(yarn?.url, [url]);
  t.deepEqual(said, []);
});

for (const [what, status, headers] of [
  ['that asks for credentials', 401, { 'www-authenticate': 'Negotiate' }],
  ['that is a standby one', 307, { location: 'http://10.0.0.9:8088/ws/v1/cluster/info' }],
] as const) {
  test(`a ResourceManager ${what} is one`, async (t) => {
    const { yarn, url } = await connectOver(t, (response) => response.writeHead(status, headers).end());
    t.deepEqual(yarn?.url, [url]);
  });
}

for (const [what, status, body] of [
  ['a proxy that cannot get there', 502, '<html>bad gateway</html>'],
  ['a page of a portal', 200, '<html>welcome</html>'],
  ['another server', 404, 'not found'],
] as const) {
  test(`${what} is no ResourceManager, and that none answers is said`, async (t) => {
    const { yarn, said } = await connectOver(t, (response) =>
      response.writeHead(status, { 'content-type': 'text/html' }).end(body),
    );
    t.is(yarn, undefined);
    t.regex(said[0] ?? '', /^YARN does not answer from here/);
  });
}

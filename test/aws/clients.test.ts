// Over real sockets: this file imports no nock.
import { ListClustersCommand } from '@aws-sdk/client-emr';
import test from 'ava';
import { awsClients, callerArn } from '../../src/aws/index.js';
import { ConfigError, UnreachableError } from '../../src/core/index.js';
import { connectProxy } from '../helpers/connect-proxy.js';
import { standInCredentials } from '../helpers/moto.js';
import { webServer } from '../helpers/web-server.js';

standInCredentials();

/** An AWS that answers every call with this JSON. */
const answering = (t: Parameters<typeof webServer>[0], text: string) =>
  webServer(t, (_seen, response) =>
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(text),
  );

test('a proxy of the environment is taken, but not for hosts that NO_PROXY names', async (t) => {
  const server = await answering(t, '{"Clusters":[]}');
  const there = { host: '127.0.0.1', port: server.port };
  const proxy = await connectProxy({ names: { 'emr.far.test:80': there } });
  t.teardown(() => proxy.close());
  const proxyEnv = { HTTP_PROXY: `http://127.0.0.1:${proxy.port}`, NO_PROXY: 'near.test' };
  const far = awsClients({ endpointUrl: 'http://emr.far.test', proxyEnv });
  const near = awsClients({ endpointUrl: 'http://emr.near.test', proxyEnv });
  t.teardown(() => [far, near].forEach((clients) => clients.close()));
  const { Clusters } = await (await far.emr()).send(new ListClustersCommand({}));
  t.deepEqual(Clusters, []);
  t.is(proxy.asked.length, 1);
  t.regex(proxy.asked[0] ?? '', /emr\.far\.test/);
  await t.throwsAsync((await near.emr()).send(new ListClustersCommand({})), { message: /ENOTFOUND|EAI_AGAIN/ });
  t.is(proxy.asked.length, 1);
});

test('livywire and its version stand in the user agent', async (t) => {
  const server = await answering(t, '{"Clusters":[]}');
  const clients = awsClients({ endpointUrl: server.url });
  t.teardown(() => clients.close());
  await (await clients.emr()).send(new ListClustersCommand({}));
  t.regex(server.seen[0]?.headers['user-agent'] ?? '', /\blivywire\/\d/);
});

test('each client is made once', async (t) => {
  const clients = awsClients();
  t.is(await clients.s3(), await clients.s3());
  t.is(await clients.sts(), await clients.sts());
});

test('an endpoint that is not there is out of reach, and says so in one sentence', async (t) => {
  const server = await answering(t, '');
  await server.close();
  const clients = awsClients({ endpointUrl: server.url });
  await t.throwsAsync(callerArn(clients), {
    instanceOf: UnreachableError,
    message: /^who we are cannot be asked: STS is out of reach \(connect ECONNREFUSED/,
  });
});

test('a profile that is not there is a ConfigError that names it', async (t) => {
  const clients = awsClients({ profile: 'gone', endpointUrl: 'http://127.0.0.1:9' });
  await t.throwsAsync(callerArn(clients), { instanceOf: ConfigError, message: /gone/ });
});

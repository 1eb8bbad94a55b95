import test from 'ava';
import { pagesOfRun } from '../../../src/aws/index.js';
import { testClock } from '../../../src/testing/index.js';
import { clusterStub, type EmrAnswers, refusal } from '../../helpers/cluster-stub.js';
import { standInCredentials } from '../../helpers/moto.js';

standInCredentials();

const cluster = (state: string): EmrAnswers => ({
  DescribeCluster: () => ({ Cluster: { Id: 'j-1ABC', ClusterArn: 'arn:j-1ABC', Status: { State: state } } }),
  ListInstances: () => ({ Instances: [{ Ec2InstanceId: 'i-1', PrivateIpAddress: '10.0.0.5' }] }),
});
const link = (url: string) => ({ PresignedURLReady: true, PresignedURL: url });

test('a running cluster has pages inside its network, by AWS and at EMR, each of the one application', async (t) => {
  const { clients } = await clusterStub(t, {
    ...cluster('WAITING'),
    GetOnClusterAppUIPresignedURL: ({ OnClusterAppUIType: type, ApplicationId: app }) => link(`https://on/${String(type)}/${String(app)}`), // prettier-ignore
    CreatePersistentAppUI: () => ({ PersistentAppUIId: 'p-1' }),
    GetPersistentAppUIPresignedURL: ({ ApplicationId: app }) => link(`https://p/${String(app)}`),
  });
  const pages = await pagesOfRun('j-1ABC', { clients, appId: 'application_1_0001' });
  t.deepEqual(pages, [
    { what: 'Spark history', url: 'http://10.0.0.5:18080/history/application_1_0001/', isSecret: false },
    { what: 'YARN', url: 'http://10.0.0.5:8088/cluster/app/application_1_0001', isSecret: false },
    { what: 'Spark history, by AWS', isSecret: true, url: 'https://on/SparkHistoryServer/application_1_0001' },
    { what: 'YARN, by AWS', isSecret: true, url: 'https://on/ResourceManager/application_1_0001' },
    { what: "EMR's Spark history", isSecret: true, url: 'https://p/application_1_0001' },
  ]);
});

test('a page that may not be asked for costs only itself, and EMR has a minute and a half to make its own ready', async (t) => {
  let asked = 0;
  const { clients } = await clusterStub(t, {
    ...cluster('WAITING'),
    GetOnClusterAppUIPresignedURL: () => {
      throw refusal('AccessDeniedException', 'User: arn:aws:iam::1:user/ada is not authorized to perform: elasticmapreduce:GetOnClusterAppUIPresignedURL on resource: *'); // prettier-ignore
    },
    CreatePersistentAppUI: () => ({ PersistentAppUIId: 'p-1' }),
    GetPersistentAppUIPresignedURL: () => (++asked, { PresignedURLReady: false }),
  });
  const clock = testClock();
  const begin = clock.now();
  const pages = await pagesOfRun('j-1ABC', { clients, clock });
  t.is(pages[0]?.url, 'http://10.0.0.5:18080/');
  t.regex(pages[2]?.problem ?? '', /may not elasticmapreduce:GetOnClusterAppUIPresignedURL/);
  t.regex(pages[4]?.problem ?? '', /not ready yet; ask again/);
  t.true(asked > 5);
  t.true(clock.now() - begin >= 90_000 && clock.now() - begin < 100_000);
});

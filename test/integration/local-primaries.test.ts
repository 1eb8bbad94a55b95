import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EMRClient, ListClustersCommand, ListInstancesCommand } from '@aws-sdk/client-emr';
import test from 'ava';
import { down, killServer, type LocalInstance, packageRoot, startServer, up } from '../../src/local/index.js';
import { ask, askUntil, batchOf, submit } from '../helpers/livy-rest.js';

let stateDir = '';
let instance: LocalInstance;

test.before(async (t) => {
  t.timeout(900_000); // the first one fetches everything
  stateDir = await mkdtemp(join(tmpdir(), 'livywire-ha-'));
  instance = await up({ stateDir, aws: true, primaries: 2 });
});
test.after.always(async () => {
  await down({ stateDir });
  await rm(stateDir, { recursive: true, force: true });
});

/** Livy on each primary, as a client finds them. */
async function livys(): Promise<string[]> {
  const { aws, url } = instance;
  if (aws === undefined) throw new Error('an instance with AWS says where it is');
  const emr = new EMRClient({ endpoint: aws.endpoint, region: aws.region, credentials: aws });
  const { Clusters } = await emr.send(new ListClustersCommand({}));
  const { Instances } = await emr.send(
    new ListInstancesCommand({ ClusterId: Clusters?.[0]?.Id, InstanceGroupTypes: ['MASTER'] }),
  );
  return (Instances ?? []).map(({ PrivateIpAddress = '' }) => `http://${PrivateIpAddress}:${new URL(url).port}`);
}

test('each primary has a Livy of its own that knows its own batches; their applications are one YARN’s', async (t) => {
  const [first = '', second = ''] = await livys();
  t.deepEqual([first, second], [instance.url, instance.url.replace('127.0.0.1', '127.0.0.2')]);

  const name = 'ha';
  const { id } = await submit(second, { name, file: join(packageRoot(), 'jobs', 'sleep.py'), args: ['20'] });
  const { appId } = await askUntil(
    () => batchOf(second, id),
    (batch) => batch.appId !== null,
  );
  t.deepEqual(await ask(`${first}/batches/${name}`), { msg: `Session '${name}' not found.` });

  await killServer({ stateDir, server: 'livy-2', signal: 'SIGKILL' });
  await t.throwsAsync(fetch(second));
  const app = async (): Promise<{ state: string; finalStatus: string }> =>
    ((await ask(`${instance.behind?.resourceManager ?? ''}/ws/v1/cluster/apps/${appId ?? 'none'}`)) as { app: never })
      .app;
  t.like(await askUntil(app, ({ state }) => state === 'FINISHED'), { finalStatus: 'SUCCEEDED' });

  await startServer({ stateDir, server: 'livy-2' });
  t.is(
    (
      await askUntil(
        () => batchOf(second, name),
        ({ state }) => state === 'success',
      )
    ).appId,
    appId,
  );
});

import test from 'ava';
import { readSettings, type SettingsIo } from '../../src/app/index.js';

const CONFIG = '/home/ada/.config/livywire/config.yaml';
const ROLE = 'arn:aws:iam::123456789012:role/etl';

const read = (
  input: Partial<Parameters<typeof readSettings>[0]> & { readonly config?: string } = {},
  file?: string,
) => {
  const io: SettingsIo = {
    home: () => '/home/ada',
    readFile: async (path) => (path === CONFIG ? file : undefined),
    readStdin: async () => '',
    runCommand: async () => 'token',
  };
  return readSettings({ cwd: '/srv', io, env: {}, ...input });
};

test('a cluster takes the place of the address, and what was found is kept in the cache folder', async (t) => {
  const { url, cluster } = await read({ flags: { cluster: 'nightly' }, env: { AWS_PROFILE: 'prod' } });
  t.is(url, undefined);
  t.like(cluster, { selector: 'nightly', from: '--cluster', addresses: 'private' });
  t.is(cluster?.cache?.dir, '/home/ada/.cache/livywire');
  t.true(cluster?.cache?.who.includes('prod'));
  t.is((await read({ flags: { cluster: 'x' }, env: { XDG_CACHE_HOME: '/c' } })).cluster?.cache?.dir, '/c/livywire');
});

test('of an address and a cluster the nearer one counts, and both on one line are too many', async (t) => {
  const env = { LIVYWIRE_URL: 'http://livy.test:8998' };
  t.is((await read({ flags: { cluster: 'nightly' }, env })).url, undefined);
  const other = await read({ flags: { url: 'http://livy.test:1' }, env: { LIVYWIRE_CLUSTER: 'nightly' } });
  t.is(other.cluster, undefined);
  t.is(other.url, 'http://livy.test:1');
  await t.throwsAsync(read({ flags: { cluster: 'nightly', url: 'http://livy.test:1' } }), {
    name: 'ConfigError',
    message: '--cluster: names a cluster while --url names an address; one of them is enough',
  });
});

test('what was written for another server is left out for a cluster, and kept for the same one', async (t) => {
  const file = `profiles:\n  p:\n    cluster: nightly\n    executionRole: ${ROLE}\n    yarnUser: etl\n`;
  const own = await read({ profile: 'p', flags: { cluster: 'nightly' } }, file);
  t.is(own.cluster?.executionRole, ROLE);
  t.is(own.yarnUser, 'etl');
  const other = await read({ profile: 'p', flags: { cluster: 'hourly' } }, file);
  t.is(other.cluster?.executionRole, undefined);
  t.is(other.yarnUser, undefined);
  t.true(
    other.notes.includes(
      `yarnUser of profile p in ${CONFIG} is for the cluster nightly, not for the cluster hourly: left out`,
    ),
  );
  const env = { LIVYWIRE_URL: 'http://livy.test:8998', LIVYWIRE_YARN_URL: 'http://rm.test:8088' };
  t.is((await read({ flags: { cluster: 'nightly' }, env })).yarnUrl, undefined);
});

test('--yarn-url none does without YARN, also where the cluster has one', async (t) => {
  t.like(await read({ flags: { cluster: 'nightly', yarnUrl: 'none' } }), { withoutYarn: true, yarnUrl: undefined });
});

test('a runtime role is an ARN and needs a cluster; addresses are private or public', async (t) => {
  const wrong = (flags: Record<string, string>, message: RegExp) =>
    t.throwsAsync(read({ flags }), { name: 'ConfigError', message });
  await wrong(
    { executionRole: ROLE, url: 'http://livy.test:1' },
    /^--execution-role: a runtime role is one of an EMR cluster/,
  );
  await wrong({ executionRole: 'etl', cluster: 'nightly' }, /^--execution-role: should be the ARN of a role/);
  await wrong({ addresses: 'both', cluster: 'nightly' }, /^--addresses: write private or public/);
});

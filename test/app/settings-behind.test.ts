import test from 'ava';
import { readSettings } from '../../src/app/index.js';

const io = { readFile: async () => undefined, readStdin: async () => '', home: () => '/home/me' };

test('who we are to YARN and where credentials may be sent are settings like the others', async (t) => {
  const settings = await readSettings({
    flags: { url: 'http://livy:8998', yarnUser: 'hadoop', yarnSeesAll: true },
    env: { LIVYWIRE_REDIRECT_HOSTS: 'livy-b.corp, *.emr.corp' },
    cwd: '/srv',
    io: io as never,
  });
  t.is(settings.yarnUser, 'hadoop');
  t.true(settings.yarnSeesAll);
  t.deepEqual(settings.redirectHosts, ['livy-b.corp', '*.emr.corp']);
  t.is(settings.sources.redirectHosts, 'LIVYWIRE_REDIRECT_HOSTS');

  const none = await readSettings({ flags: {}, env: {}, cwd: '/srv', io: io as never });
  t.false(none.yarnSeesAll);
  t.deepEqual(none.redirectHosts, []);
});

import test from 'ava';
import { hadoopConf, yarnPortNames, type YarnPorts } from '../../src/local/yarn-conf.js';

const ports = Object.fromEntries(yarnPortNames.map((name, index) => [name, 20_000 + index])) as YarnPorts;
const plain = { ports, dir: '/var/yarn', recovery: true, memoryMb: 4_096 };

test("the person's own settings of YARN win, and those of its queues go where the scheduler reads them", (t) => {
  const conf = hadoopConf({
    ...plain,
    extra: {
      'yarn.nodemanager.pmem-check-enabled': 'true',
      'yarn.scheduler.capacity.root.queues': 'default,nightly',
    },
  });
  t.is(conf['yarn-site']?.['yarn.nodemanager.pmem-check-enabled'], 'true');
  t.is(conf['capacity-scheduler']?.['yarn.scheduler.capacity.root.queues'], 'default,nightly');
  t.is(conf['yarn-site']?.['yarn.scheduler.capacity.root.queues'], undefined);
});

test('without settings of its own the checks that kill containers are off', (t) => {
  t.is(hadoopConf({ ...plain, extra: {} })['yarn-site']?.['yarn.nodemanager.pmem-check-enabled'], 'false');
});

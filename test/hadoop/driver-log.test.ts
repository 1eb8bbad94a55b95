import test from 'ava';
import { DriverLog } from '../../src/hadoop/index.js';
import { LogServer } from '../../src/hadoop/log-server.js';
import { Http } from '../../src/http/index.js';
import { testClock } from '../../src/testing/index.js';
import { itemsOf } from '../helpers/log-readers.js';
import { containerOf, openLog, recordedLog, ref, shown } from './log-cluster.js';
import { serve } from './recorded.js';

test('both streams of the driver come as they are written, each in its order', async (t) => {
  const { cluster, read, reader, reached } = await openLog(t);
  cluster.files[0] = { stdout: 'one\ntwo\nthr', stderr: 'oops\n' };
  t.deepEqual(await read(), ['1 stdout: one', '1 stdout: two', '1 stderr: oops']);
  t.true(reader.suffices);
  cluster.files[0] = { stdout: 'one\ntwo\nthree 数\n', stderr: 'oops\n' };
  t.deepEqual(await read(), ['1 stdout: three 数']);
  t.deepEqual(await read(), []);
  t.deepEqual(reached, ['http://node.example:8042'], 'the node that the ResourceManager named');
});

test('a driver whose container is not there yet is waited for, and is not the whole log', async (t) => {
  const { cluster, read, reader } = await openLog(t);
  cluster.files.length = 0;
  t.deepEqual(await read(), []);
  t.false(reader.suffices);
  cluster.files.push({ stdout: 'hello\n', stderr: '' });
  t.deepEqual(await read(), ['1 stdout: hello']);
  t.true(reader.suffices);
});

test('in client mode the driver is elsewhere, and nothing is read', async (t) => {
  const { cluster, read, finish, reader } = await openLog(t);
  cluster.isClientMode = true;
  cluster.files[0] = { stdout: 'not the driver\n', stderr: '' };
  t.deepEqual([await read(), await finish()], [[], []]);
  t.false(reader.suffices);
});

test('after the end the node still has it: the last line comes without its line feed', async (t) => {
  const { cluster, read, finish } = await openLog(t);
  cluster.files[0] = { stdout: 'a\n', stderr: '' };
  await read();
  cluster.isOver = true;
  cluster.files[0] = { stdout: 'a\nlast words', stderr: '' };
  t.deepEqual(await finish(), ['1 stdout: last words']);
});

test('after the end the rest comes from where YARN collects it, from the very byte on, once it is there', async (t) => {
  const { cluster, read, finish, clock, reached } = await openLog(t);
  cluster.files[0] = { stdout: 'one\ntwo 🚰', stderr: 'x\n' };
  t.deepEqual(await read(), ['1 stdout: one', '1 stderr: x']);
  cluster.isOver = true;
  cluster.nodes[0] = 'gone';
  const last = [{ stdout: 'one\ntwo 🚰🚰\nthree\n', stderr: 'x\n' }];
  const original = cluster.app.bind(cluster);
  cluster.app = () => ({
    ...original(),
    body: original().body.replace('"logAggregationStatus":"SUCCEEDED"', '"logAggregationStatus":"RUNNING"'),
  });
  void clock.sleep(8_000).then(() => (cluster.collected = last));
  t.deepEqual(await finish(), ['1 stdout: two 🚰🚰', '1 stdout: three']);
  t.true(reached.includes('http://history.example:19888/ws/v1/history'), 'the address that YARN itself has');
});

test('what is not collected in time is said, and nobody waits for it twice', async (t) => {
  const { cluster, read, finish, clock, log } = await openLog(t);
  cluster.files[0] = { stdout: 'one\n', stderr: '' };
  await read();
  cluster.isOver = true;
  cluster.nodes[0] = 'unknown';
  const original = cluster.app.bind(cluster);
  cluster.app = () => ({
    ...original(),
    body: original().body.replace('"logAggregationStatus":"SUCCEEDED"', '"logAggregationStatus":"RUNNING"'),
  });
  const start = clock.now();
  t.deepEqual(await finish(), ["notice: the rest of the driver's log cannot be read: YARN has not collected it"]);
  t.true(clock.now() - start >= 30_000 && clock.now() - start < 60_000);
  const again = clock.now();
  const other = log.open(ref);
  t.is(shown(await itemsOf(other.finish(ref))).length, 1);
  t.true(clock.now() - again < 5_000);
  t.false(other.suffices, 'nothing of it was read, so the log of the backend is better than none');
});

test('a driver that was started again: the first one is read to its end before the second is announced', async (t) => {
  const { cluster, read, finish } = await openLog(t);
  cluster.files[0] = { stdout: 'first\n', stderr: '' };
  await read();
  cluster.files[0] = { stdout: 'first\nlast words of it', stderr: 'boom\n' };
  cluster.files.push({ stdout: 'second\n', stderr: '' });
  // While lines flow the ResourceManager is not asked.
  const seen = [...(await read()), ...(await read()), ...(await read())];
  t.deepEqual(seen, [
    '1 stderr: boom',
    '1 stdout: last words of it',
    `notice: YARN started the driver again: start 2, ${containerOf(2)}`,
    '2 stdout: second',
  ]);
  cluster.isOver = true;
  t.deepEqual(await finish(), []);
});

test('a first driver whose node is lost does not hold up the second, and its rest comes after the end', async (t) => {
  const { cluster, read, finish, reader } = await openLog(t);
  cluster.files[0] = { stdout: 'first\n', stderr: '' };
  await read();
  cluster.nodes[0] = 'error';
  cluster.files.push({ stdout: 'second\n', stderr: '' });
  const seen = [...(await read()), ...(await read()), ...(await read())];
  t.deepEqual(
    seen.filter((one) => !one.startsWith('notice')),
    ['2 stdout: second'],
  );
  t.true(reader.suffices);
  cluster.isOver = true;
  cluster.collected = [
    { stdout: 'first\nand last\n', stderr: '' },
    { stdout: 'second\n', stderr: '' },
  ];
  t.deepEqual(await finish(), [`notice: what start 1 of the driver wrote, ${containerOf(1)}`, '1 stdout: and last']);
});

test('only the last lines: of the last start, of each stream, from the node and from what was collected', async (t) => {
  const many = Array.from({ length: 100 }, (_, i) => `${i}\n`).join('');
  for (const place of ['node', 'collected']) {
    const { cluster, finish } = await openLog(t, { tail: 2 });
    cluster.files[0] = { stdout: many, stderr: many };
    cluster.files.push({ stdout: many, stderr: 'x\n' });
    cluster.isOver = true;
    cluster.collected = cluster.files;
    if (place === 'collected') cluster.nodes.splice(0, 2, 'gone', 'gone');
    const [said, ...lines] = await finish();
    t.regex(said ?? '', /started 2 times/);
    t.deepEqual(lines, ['2 stdout: 98', '2 stdout: 99', '2 stderr: x'], place);
  }
});

test('one stream only: the other is not even asked for', async (t) => {
  const { cluster, read } = await openLog(t, { stream: 'stderr' });
  cluster.files[0] = { stdout: 'no\n', stderr: 'yes\n' };
  t.deepEqual(await read(), ['1 stderr: yes']);
  t.false(cluster.asked.some(({ path }) => path.includes('/stdout')));
});

test('a node out of reach is said once, and once more when it is back; nothing is lost', async (t) => {
  const { cluster, read, reader } = await openLog(t);
  cluster.files[0] = { stdout: 'a\n', stderr: '' };
  await read();
  cluster.nodes[0] = 'error';
  cluster.files[0] = { stdout: 'a\nb\n', stderr: '' };
  const seen: string[] = [];
  for (let i = 0; i < 10; i++) seen.push(...(await read()));
  t.is(seen.length, 1);
  t.regex(seen[0] ?? '', /^notice: the driver's log cannot be read from its node: .*502.*once YARN has collected it$/);
  t.false(reader.suffices);
  cluster.nodes[0] = 'up';
  for (let i = 0; i < 80; i++) seen.push(...(await read()));
  t.deepEqual(seen.slice(1), ['1 stdout: b', `notice: the node of ${containerOf(1)} answers again`]);
  t.true(reader.suffices);
});

test('a node that only gives whole files (Hadoop before 2.9) is no source, and said to be none', async (t) => {
  const { cluster, read } = await openLog(t);
  cluster.nodes[0] = 'old';
  cluster.files[0] = { stdout: 'a\n', stderr: '' };
  const seen = [...(await read()), ...(await read()), ...(await read())];
  t.is(seen.length, 1);
  t.regex(seen[0] ?? '', /Hadoop before 2\.9/);
});

test('a log file that was replaced is shown from its new beginning, after a gap', async (t) => {
  const { cluster, read } = await openLog(t);
  cluster.files[0] = { stdout: 'a\nb\n', stderr: '' };
  await read();
  cluster.files[0] = { stdout: 'c\n', stderr: '' };
  const [gap, ...lines] = await read();
  t.regex(gap ?? '', /^gap stdout: .*shorter/);
  t.deepEqual(lines, ['1 stdout: c']);
});

test('a collected log that is not the one that was read is not shown as if it were', async (t) => {
  const { cluster, read, finish } = await openLog(t);
  cluster.files[0] = { stdout: 'a\nb\n', stderr: '' };
  await read();
  cluster.isOver = true;
  cluster.nodes[0] = 'gone';
  cluster.collected = [{ stdout: 'x\ny\nz\n', stderr: '' }];
  t.deepEqual(await finish(), [
    'gap stdout: the log that YARN collected does not go on where the one on the node was left',
  ]);
});

test('an application that YARN has forgotten: what its containers are called usually is tried', async (t) => {
  const { cluster, finish, reader } = await openLog(t);
  cluster.isForgotten = true;
  cluster.collected = [{ stdout: 'still there\n', stderr: '' }];
  t.deepEqual(await finish(), ['1 stdout: still there']);
  t.true(reader.suffices);
});

test('an application whose log nobody has any more: nothing is made up', async (t) => {
  const { cluster, finish, reader } = await openLog(t);
  cluster.isForgotten = true;
  t.deepEqual(await finish(), []);
  t.false(reader.suffices);
});

test('a log that is empty is complete', async (t) => {
  const { cluster, finish, reader } = await openLog(t);
  cluster.isOver = true;
  t.deepEqual(await finish(), []);
  t.true(reader.suffices);
});

test('a silent ResourceManager is said once', async (t) => {
  const { cluster, read } = await openLog(t);
  cluster.isDown = true;
  const seen = [...(await read()), ...(await read()), ...(await read())];
  t.is(seen.length, 1);
  t.regex(seen[0] ?? '', /^notice: YARN cannot be asked where the driver's log is: .*503/);
});

test('the bytes of a log come with its lines where they were asked for', async (t) => {
  const { cluster, reader } = await openLog(t, { bytes: true, stream: 'stdout' });
  const odd = Buffer.from([0x61, 0xff, 0x0d, 0x0a, 0x1b, 0x5b, 0x0a]);
  cluster.files[0] = { stdout: odd, stderr: '' };
  const items = await itemsOf(reader.read(ref));
  t.deepEqual(Buffer.concat(items.flatMap((item) => (item.type === 'line' && item.bytes ? [item.bytes] : []))), odd);
});

test('the log as it stands now of a driver at work: what has no line feed yet as well', async (t) => {
  const { cluster, read, finish } = await openLog(t);
  cluster.files[0] = { stdout: 'a\nwaiting for input: ', stderr: '' };
  t.deepEqual([...(await read()), ...(await finish())], ['1 stdout: a', '1 stdout: waiting for input: ']);
});

test('beyond the cluster a copy from before YARN’s end of the application is not taken for the whole log', async (t) => {
  const { app } = JSON.parse(recordedLog('app-over').body) as { app: { finishedTime: number } };
  const texts = ['so far\n', 'so far\nthe reason\n'];
  const { cluster, finish } = await openLog(t, {}, (clock) => {
    const begin = clock.now();
    const waited = () => clock.now() - begin;
    return {
      look: async () => {
        const isCopiedAgain = waited() > 60_000;
        const bytes = Buffer.from(texts[isCopiedAgain ? 1 : 0] ?? '');
        return {
          places: 's3://logs/x',
          nowMs: app.finishedTime + waited(),
          writtenMs: app.finishedTime + (isCopiedAgain ? 50_000 : -3_600_000),
          read: async ({ file }) =>
            file === 'stderr' ? { length: bytes.length, start: 0, bytes, isOpen: false } : undefined,
        };
      },
      drivers: async () => [],
      appOf: async () => undefined,
    };
  });
  cluster.isOver = true;
  cluster.nodes[0] = 'gone';
  const lines = await finish();
  t.deepEqual(lines.slice(-2), ['1 stderr: so far', '1 stderr: the reason']);
});

test('where collected logs are: as it was set, as YARN says, else where EMR has them', async (t) => {
  const conf = (name: string, value: string | undefined) =>
    value === undefined ? { status: 404, headers: {}, body: '' } : recordedLog(`conf-${name.replaceAll('.', '-')}`);
  const options = {};
  for (const [known, given, expected] of [
    [
      ['yarn.log.server.web-service.url', 'yarn.log.server.url'],
      undefined,
      'http://history.example:19888/ws/v1/history',
    ],
    [['yarn.log.server.url'], undefined, 'http://history.example:19888/ws/v1/history'],
    [[], 'http://primary:19888', 'http://primary:19888/ws/v1/history'],
    [[], 'http://primary:8188/applicationhistory/logs', 'http://primary:8188/ws/v1/applicationhistory'],
    [[], 'https://knox/gateway/yarn/ws/v1/history', 'https://knox/gateway/yarn/ws/v1/history'],
    [[], undefined, 'http://127.0.0.1:19888/ws/v1/history'],
  ] as const) {
    const { http } = await serve(t, 'YARN', (_method, { pathname, searchParams }) => {
      if (pathname !== '/conf') return ['info', 'info'];
      const name = searchParams.get('name') ?? '';
      const always = name.includes('max-completed') ? 'conf-max-completed' : undefined;
      return [
        name,
        always ??
          conf(
            name,
            (known as readonly string[]).find((one) => one === name),
          ),
      ];
    });
    t.is(await new LogServer([http], given).address(options), expected);
  }
});

test('what a driver wrote that is just done is read whole, once YARN has wound it up', async (t) => {
  const { cluster, finish, clock } = await openLog(t);
  cluster.files[0] = { stdout: 'a\n', stderr: '' };
  cluster.isEnding = true;
  void clock.sleep(2_500).then(() => {
    cluster.files[0] = { stdout: 'a\nthe end\n', stderr: '' };
    cluster.isOver = true;
    cluster.nodes[0] = 'gone';
    cluster.collected = [{ stdout: 'a\nthe end\n', stderr: '' }];
  });
  t.deepEqual(await finish(), ['1 stdout: a', '1 stdout: the end']);
});

test('a process that meets many nodes does not remember all of them', (t) => {
  const reached: string[] = [];
  const reach = (address: string, service: string) => (reached.push(address), new Http({ baseUrl: address, service }));
  const log = new DriverLog({ https: [], reach, clock: testClock() });
  const ask = (i: number) => log.node(`http://node-${i}:8042`, 'container_1_1_01_000001');
  for (let i = 0; i < 1_000; i++) {
    ask(i);
    ask(0); // in use
  }
  t.is(reached.length, 1_000);
  ask(999);
  t.is(reached.length, 1_000);
  ask(1);
  t.is(reached.length, 1_001);
});

test('of several ResourceManagers the one that answers is asked', async (t) => {
  const { cluster, https, clock } = await openLog(t);
  cluster.files[0] = { stdout: 'hello\n', stderr: '' };
  const [up] = https;
  const down = new Http({ baseUrl: 'http://127.0.0.1:1', service: 'YARN', retries: 0 });
  t.teardown(() => down.close());
  if (!up) throw new Error('no ResourceManager');
  const reach = (_: string, service: string) =>
    new Http({ baseUrl: `${up.baseUrl}/${service === 'The NodeManager' ? 'node' : 'logs'}`, service, retries: 0 });
  const reader = new DriverLog({ https: [down, up], reach, clock }).open(ref);
  t.deepEqual(shown(await itemsOf(reader.read(ref))), ['1 stdout: hello']);
});

test('an application that YARN forgets while it is followed: what was begun is read to its end, whatever it is called', async (t) => {
  const { cluster, read, finish } = await openLog(t);
  cluster.epoch = 'e17_';
  cluster.files.push({ stdout: '', stderr: '' }, { stdout: 'a\n', stderr: '' });
  t.deepEqual((await read()).slice(-2), [
    'notice: YARN started the driver again: start 3, container_e17_1795406199772_0016_03_000001',
    '3 stdout: a',
  ]);
  cluster.isForgotten = true;
  cluster.files[2] = { stdout: 'a\nb\n', stderr: '' };
  t.deepEqual(await read(), ['3 stdout: b'], 'its node is still there');
  cluster.nodes[2] = 'unknown';
  cluster.collected = [{ stdout: '' }, { stdout: '' }, { stdout: 'a\nb\nthe end\n', stderr: '' }];
  t.deepEqual(await finish(), ['3 stdout: the end']);
});

test('a start that YARN did not tell of before it forgot is looked for by the name of the one before', async (t) => {
  const { cluster, read, finish } = await openLog(t);
  cluster.epoch = 'e17_';
  cluster.files[0] = { stdout: 'a\n', stderr: '' };
  await read();
  cluster.isForgotten = true;
  cluster.nodes[0] = 'unknown';
  cluster.collected = [{ stdout: 'a\nb\n' }, { stdout: 'second\n' }];
  t.deepEqual(await finish(), [
    '1 stdout: b',
    'notice: YARN started the driver again: start 2, container_e17_1795406199772_0016_02_000001',
    '2 stdout: second',
  ]);
});

test('what was begun of an application that YARN forgot and cannot be had is said to be missing', async (t) => {
  const { cluster, read, finish } = await openLog(t);
  cluster.epoch = 'e17_';
  cluster.files[0] = { stdout: 'a\n', stderr: '' };
  await read();
  cluster.isForgotten = true;
  cluster.nodes[0] = 'unknown';
  t.deepEqual(await finish(), ["notice: the rest of the driver's log cannot be read: YARN has not collected it"]);
});

test('a ResourceManager that is out of reach at the end does not keep the rest of the log from being read', async (t) => {
  const { cluster, read, finish } = await openLog(t);
  cluster.files[0] = { stdout: 'a\n', stderr: '' };
  await read();
  cluster.isBlind = true;
  cluster.nodes[0] = 'unknown';
  cluster.collected = [{ stdout: 'a\nb\n', stderr: '' }];
  const [said, ...rest] = await finish();
  t.regex(said ?? '', /^notice: YARN cannot be asked where/);
  t.deepEqual(rest, ['1 stdout: b']);
});

test('a log that YARN collected in several parts: the first is shown, and that there are more is said', async (t) => {
  const { cluster, finish } = await openLog(t);
  cluster.isOver = true;
  cluster.nodes[0] = 'unknown';
  cluster.collected = [{ stdout: 'a\nb\n', stderr: 'one\n' }];
  cluster.laterParts = { stdout: 'c\nThis log file belongs to a running container\n' };
  t.deepEqual((await finish()).sort(), [
    '1 stderr: one',
    '1 stdout: a',
    '1 stdout: b',
    `gap stdout: YARN collected it in several parts, and only the first can be read here; all of them: yarn logs -containerId ${containerOf(1)} -log_files stdout`,
  ]);
});

test('a log that prints what a header of YARN looks like has no more parts for it', async (t) => {
  const { cluster, finish } = await openLog(t);
  const header = '\nEnd of LogType:stdout\nLogType:stdout\nLogLength:5\nLogContents:\nhello';
  cluster.isOver = true;
  cluster.nodes[0] = 'unknown';
  cluster.collected = [{ stdout: header, stderr: '' }];
  t.deepEqual(
    await finish(),
    header.split('\n').map((line) => `1 stdout: ${line}`),
  );
});

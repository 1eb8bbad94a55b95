import test from 'ava';
import { testLivywire } from '../../src/testing/index.js';
import { cli, oneDocument } from '../helpers/cli.js';

const explain = (...words: readonly string[]) => cli(['explain', '--', ...words]);
const request = (stdout: string) => JSON.parse(stdout.slice(0, stdout.indexOf('\n\n'))) as Record<string, unknown>;

test('explain prints the request and a verdict per flag, needs no address and sends nothing', async (t) => {
  const { code, stdout, stderr } = await explain(
    'spark-submit',
    '--master',
    'yarn',
    '--class',
    'a.B',
    '--packages',
    'a:b:1',
    's3://b/etl.jar',
    'x',
    '--y',
  );
  t.is(code, 0);
  t.deepEqual(request(stdout), {
    className: 'a.B',
    file: 's3://b/etl.jar',
    args: ['x', '--y'],
    conf: { 'spark.jars.packages': 'a:b:1' },
  });
  t.regex(stdout, /^accepted +--master yarn +what Livy uses anyway$/m);
  t.regex(stdout, /^taken +--class a\.B +className$/m);
  t.regex(stdout, /^mapped +--packages a:b:1 +conf spark\.jars\.packages/m);
  t.regex(stdout, /^taken +<arguments> x --y +args, untouched$/m);
  t.regex(stderr, /nothing was sent/);
});

for (const command of [
  'spark-submit',
  '/usr/bin/spark-submit',
  '/opt/spark/bin/spark-submit',
  'spark3-submit',
  'spark-submit.cmd',
]) {
  test(`${command} is known as spark-submit`, async (t) => {
    const { code, stdout } = await explain(command, '--queue', 'q', 's3://b/x.py');
    t.is(code, 0);
    t.deepEqual(request(stdout), { queue: 'q', file: 's3://b/x.py' });
  });
}

test('livywire run, and a line without any command, are explained too', async (t) => {
  for (const words of [['livywire', 'run'], ['livywire', 'submit'], []]) {
    t.deepEqual(request((await explain(...words, '--queue', 'q', '--key', 'k', 's3://b/x.py')).stdout), {
      queue: 'q',
      file: 's3://b/x.py',
    });
  }
});

test('the two dashes can be left out', async (t) => {
  const { stdout } = await cli(['explain', 'spark-submit', '--queue', 'q', 's3://b/x.py', '--json']);
  t.deepEqual(request(stdout), { queue: 'q', file: 's3://b/x.py', args: ['--json'] });
});

test('variables set before the command count as exported', async (t) => {
  const { stdout } = await explain('PYSPARK_PYTHON=python3.11', 'A=b', 'spark-submit', 's3://b/x.py');
  t.regex(stdout, /^ignored +PYSPARK_PYTHON +.*spark\.yarn\.appMasterEnv\.PYSPARK_PYTHON/m);
});

test('a line with something refused exits with 2 and still shows all of it', async (t) => {
  const { code, stdout, stderr } = await explain(
    'spark-submit',
    '--keytab',
    '/k',
    '--deploy-mode',
    'client',
    '--queue',
    'q',
    'etl.py',
  );
  t.is(code, 2);
  t.deepEqual(
    stdout.match(/^refused.*$/gm)?.map((line) => line.split(/ {2,}/)[1]),
    ['--keytab /k', '--deploy-mode client', '<file> etl.py'],
  );
  t.regex(stdout, /^taken +--queue q/m);
  t.regex(stderr, /would refuse this line \(3 of 4\)/);
});

test('--json is one document with the request and the verdicts', async (t) => {
  const { stdout } = await cli(['explain', '--json', '--', 'spark-submit', '--queue', 'q', 's3://b/x.py']);
  t.like(oneDocument(t, stdout), {
    v: 1,
    kind: 'explanation',
    accepted: true,
    request: { queue: 'q', file: 's3://b/x.py' },
  });
  const { verdicts } = JSON.parse(stdout) as { verdicts: { item: string; verdict: string }[] };
  t.deepEqual(
    verdicts.map(({ item, verdict }) => `${verdict} ${item}`),
    ['taken --queue q', 'accepted (no --deploy-mode)', 'taken <file> s3://b/x.py'],
  );
});

test('a line without a file, and no line at all, are refused', async (t) => {
  t.is((await explain('spark-submit', '--queue', 'q')).code, 2);
  const { code, stderr } = await cli(['explain']);
  t.is(code, 2);
  t.regex(stderr, /nothing to explain/);
});

test('a flag that spark-submit does not have is answered with the nearest', async (t) => {
  const { code, stderr } = await explain('spark-submit', '--exectuor-memory', '4g', 's3://b/x.py');
  t.is(code, 2);
  t.regex(stderr, /did you mean --executor-memory\?/);
});

test('secrets are masked', async (t) => {
  const { stdout } = await explain(
    'spark-submit',
    '--conf',
    'spark.x.password=hunter2',
    's3://b/x.py',
    '--token',
    'hunter2',
  );
  t.notRegex(stdout, /hunter2/);
  t.regex(stdout, /\(redacted\)/);
});

for (const [line, item] of [
  [['spark-submit', '--num-executors', '0', 's3://b/x.py'], '--num-executors 0'],
  [['spark-submit', '--executor-memory', '1p', 's3://b/x.py'], '--executor-memory 1p'],
  [['spark-submit', '--driver-memory', '0m', 's3://b/x.py'], '--driver-memory 0m'],
  [['spark-submit', 's3://b/a b.py'], '<file> s3://b/a b.py'],
  [['spark-submit', '--conf', 'spark.a b=1', 's3://b/x.py'], 'conf'],
  [['livywire', 'run', '--timeout', '5x', 's3://b/x.py'], '--timeout 5x'],
  [['livywire', 'run', '--exit-retryable', '4', 's3://b/x.py'], '--exit-retryable 4'],
  [['livywire', 'run', '--on-signal', 'stop', 's3://b/x.py'], '--on-signal stop'],
] as const) {
  test(`explain and run both refuse ${line.join(' ')}`, async (t) => {
    const { code, stdout } = await cli(['explain', '--json', '--', ...line]);
    t.is(code, 2);
    const { verdicts } = oneDocument(t, stdout) as { verdicts: { item: string; verdict: string }[] };
    t.deepEqual(
      verdicts.filter(({ verdict }) => verdict === 'refused').map((one) => one.item),
      [item],
    );
    t.false(
      verdicts.some((one) => one.item === item && one.verdict !== 'refused'),
      'one verdict for it',
    );
    const words = line[0] === 'livywire' ? line.slice(2) : line.slice(1);
    t.is((await cli(['run', '--url', 'http://livy.test:8998', ...words], { livywire: testLivywire() })).code, 2);
  });
}

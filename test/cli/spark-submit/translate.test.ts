import test from 'ava';
import { scan } from '../../../src/cli/scan.js';
import { sparkFlags, sparkOptions } from '../../../src/cli/spark-submit/flags.js';
import { redactRequest, specOf, translate, type TranslateOptions } from '../../../src/cli/spark-submit/translate.js';
import type { Verdict } from '../../../src/cli/spark-submit/verdict.js';

const translateLine = (
  words: readonly string[],
  options: Partial<TranslateOptions> & { files?: Record<string, string> } = {},
) => {
  const { files = {}, ...rest } = options;
  const scanned = scan(words, sparkOptions, { stopAtFirstWord: true });
  return translate(scanned.given, scanned.rest, {
    cwd: '/srv',
    livy: 'elsewhere',
    env: {},
    allowClusterMode: false,
    exists: (path) => Object.hasOwn(files, path),
    readFile: async (path) => files[path],
    ...rest,
  });
};
const specFrom = async (words: readonly string[], options?: Parameters<typeof translateLine>[1]) =>
  specOf(await translateLine([...words, 's3://b/job.py'], options));
const verdictOf = async (words: readonly string[], options?: Parameters<typeof translateLine>[1]): Promise<Verdict> => {
  const [first] = (await translateLine([...words, 's3://b/job.py'], options)).verdicts;
  if (!first) throw new Error('no verdict');
  return first;
};

/** SparkSubmitOptionParser of Spark 3.5, opts and switches, without the questions about the program itself. */
const spark35 =
  'archives class conf deploy-mode driver-class-path driver-cores driver-java-options driver-library-path driver-memory exclude-packages executor-cores executor-memory files jars keytab kill master name num-executors packages principal properties-file proxy-user py-files queue remote repositories status supervise total-executor-cores verbose'.split(
    ' ',
  );

test('every flag of spark-submit 3.5 is in the table', (t) => {
  t.deepEqual(
    spark35.filter((name) => !Object.hasOwn(sparkFlags, name)),
    [],
  );
});

test('the switches of spark-submit take no value and all else does', (t) => {
  const switches = Object.entries(sparkFlags).flatMap(([name, { takesValue }]) => (takesValue ? [] : [name]));
  t.deepEqual(switches.sort(), ['load-spark-defaults', 'supervise', 'verbose']);
});

const fields: readonly (readonly [readonly string[], object])[] = [
  [['--class', 'org.example.Etl'], { className: 'org.example.Etl' }],
  [['--queue', 'night'], { queue: 'night' }],
  [['--proxy-user', 'ada'], { proxyUser: 'ada' }],
  [['--name', 'My job'], { name: 'My job' }],
  [['--driver-memory', '4g'], { driverMemory: '4g' }],
  [['--driver-memory', '4096'], { driverMemory: '4096m' }],
  [['--executor-memory', '2GB'], { executorMemory: '2g' }],
  [['--driver-cores', '2'], { driverCores: 2 }],
  [['--executor-cores', '4'], { executorCores: 4 }],
  [['--num-executors', '10'], { numExecutors: 10 }],
  [
    ['--num-executors', '0', '--conf', 'spark.dynamicAllocation.enabled=true'],
    { numExecutors: 0, conf: { 'spark.dynamicAllocation.enabled': 'true' } },
  ],
  [['--driver-java-options', ''], { conf: { 'spark.driver.extraJavaOptions': '' } }],
  [['--conf', 'spark.jars=s3://b/a.jar, s3://b/b.jar'], { conf: { 'spark.jars': 's3://b/a.jar,s3://b/b.jar' } }],
  [['--jars', 's3://b/a.jar, s3://b/b.jar,'], { jars: ['s3://b/a.jar', 's3://b/b.jar'] }],
  [['--py-files', '/lib/a.zip'], { pyFiles: ['/lib/a.zip'] }],
  [['--files', 'hdfs:///conf/app.yaml#app.yaml'], { files: ['hdfs:///conf/app.yaml#app.yaml'] }],
  [['--archives', 's3://b/env.tar.gz#env'], { archives: ['s3://b/env.tar.gz#env'] }],
  [['--conf', 'spark.a=b'], { conf: { 'spark.a': 'b' } }],
  [['-c', 'spark.a=b'], { conf: { 'spark.a': 'b' } }],
  [['--conf=spark.a=b=c d'], { conf: { 'spark.a': 'b=c d' } }],
  [['--conf', 'spark.a="b"'], { conf: { 'spark.a': '"b"' } }],
  [['--conf', 'spark.a='], { conf: { 'spark.a': '' } }],
  [['--packages', 'a.b:c_2.12:1.0'], { conf: { 'spark.jars.packages': 'a.b:c_2.12:1.0' } }],
  [['--exclude-packages', 'a:b'], { conf: { 'spark.jars.excludes': 'a:b' } }],
  [['--repositories', 'https://repo.example'], { conf: { 'spark.jars.repositories': 'https://repo.example' } }],
  [['--driver-java-options', '-Xss4m -Dx=y'], { conf: { 'spark.driver.extraJavaOptions': '-Xss4m -Dx=y' } }],
  [['--driver-class-path', '/opt/x/*'], { conf: { 'spark.driver.extraClassPath': '/opt/x/*' } }],
  [['--driver-library-path', '/opt/lib'], { conf: { 'spark.driver.extraLibraryPath': '/opt/lib' } }],
  [['--total-executor-cores', '8'], { conf: { 'spark.cores.max': '8' } }],
  [['--master', 'yarn'], {}],
  [['--master=yarn'], {}],
  [['--deploy-mode', 'cluster'], {}],
  [['--verbose'], {}],
  [['-v'], {}],
  [['--supervise'], {}],
  [['--load-spark-defaults'], {}],
];
for (const [words, expected] of fields) {
  test(`${words.join(' ')} becomes ${JSON.stringify(expected)}`, async (t) => {
    t.deepEqual(await specFrom(words), { file: 's3://b/job.py', ...expected });
  });
}

const refusals: readonly (readonly [readonly string[], RegExp])[] = [
  [['--keytab', '/k'], /Kerberos.*--proxy-user/],
  [['--principal', 'me@X'], /Kerberos.*--proxy-user/],
  [['--remote', 'sc://x'], /Spark Connect.*leave it out/],
  [['--kill', 'driver-1'], /livywire cancel <run>/],
  [['--status', 'driver-1'], /livywire status <run>/],
  [['--master', 'local[*]'], /server decides.*--allow-cluster-mode/],
  [['--master', 'spark://h:7077'], /server decides/],
  [['--master', 'yarn-client'], /client mode.*--allow-cluster-mode/],
  [['--deploy-mode', 'client'], /client mode.*--deploy-mode cluster.*--allow-cluster-mode/],
  [['--deploy-mode', 'culster'], /neither cluster nor client/],
  [['--driver-memory', 'lots'], /is no size; write 4g/],
  [['--driver-memory', '512b'], /is no size/],
  [['--executor-cores', '0'], /no whole number from 1/],
  [['--num-executors', 'two'], /no whole number from 0/],
  [['--conf', 'spark.a'], /no key=value/],
  [['--conf', '=x'], /no key=value/],
  [['--conf', 'spark.master=local'], /server decides/],
  [['--conf', 'spark.submit.deployMode=client'], /client mode/],
  [['--properties-file', 'gone.conf'], /\/srv\/gone\.conf is not there/],
  [['--class', ''], /is empty/],
  [['--num-executors', '0'], /must be a whole number of at least 1, not 0/],
  [['--executor-memory', '1p'], /is no size/],
  [['--driver-memory', '0m'], /is no size/],
  [['--jars', 's3://b/a b.jar'], /has " " in it/],
  [['--name', ''], /is empty/],
  [['--packages', ''], /is empty/],
  [['--jars', ' , '], /is empty/],
  [['--total-executor-cores', 'x'], /no whole number from 1/],
  [['--conf', 'spark.yarn.keytab=/k'], /Kerberos.*--proxy-user/],
  [['--conf', 'spark.yarn.principal=me'], /Kerberos.*--proxy-user/],
  [['--conf', 'spark.kerberos.keytab=/k'], /Kerberos.*--proxy-user/],
  [['--conf', 'spark.kerberos.principal=me'], /Kerberos.*--proxy-user/],
  [['--conf', 'spark.jars=lib/a.jar'], /upload it .*s3:\/\/<bucket>\/a\.jar/],
  [['--conf', 'spark.files=a.txt'], /upload it/],
  [['--conf', 'spark.archives=env.tar.gz#env'], /upload it/],
  [['--conf', 'spark.submit.pyFiles=a.zip'], /upload it/],
  [['--jars', 'lib/a.jar'], /upload it .*s3:\/\/<bucket>\/a\.jar/],
];
for (const [words, reason] of refusals) {
  test(`${words.join(' ')} is refused with the reason and the way out`, async (t) => {
    const verdict = await verdictOf(words);
    t.is(verdict.verdict, 'refused');
    t.regex(verdict.detail, reason);
    await t.throwsAsync(specFrom(words), { name: 'ConfigError', message: reason });
  });
}

test('every flag has a verdict: what the table takes, what it maps, what it refuses', async (t) => {
  const values: Record<string, string> = {
    conf: 'spark.a=b',
    master: 'yarn',
    'deploy-mode': 'cluster',
    'driver-memory': '1g',
    'executor-memory': '1g',
    'total-executor-cores': '8',
    'properties-file': '/p.conf',
  };
  for (const [name, { takesValue, use }] of Object.entries(sparkFlags)) {
    const value = values[name] ?? (use.as === 'count' ? '1' : 's3://x');
    const words = takesValue ? [`--${name}`, value] : [`--${name}`];
    const verdict = await verdictOf(words, { files: { '/p.conf': '' } });
    const expected = {
      mapped: 'mapped',
      accepted: 'accepted',
      master: 'accepted',
      'deploy-mode': 'accepted',
      refused: 'refused',
    };
    t.is(verdict.verdict, (expected as Record<string, Verdict['verdict']>)[use.as] ?? 'taken', name);
    t.true(verdict.item.startsWith(`--${name}`), name);
    t.not(verdict.detail, '', name);
  }
});

test('--allow-cluster-mode runs in the cluster what asked for the client, and says so', async (t) => {
  for (const words of [
    ['--deploy-mode', 'client'],
    ['--master', 'local[2]'],
    ['--conf', 'spark.master=local'],
  ]) {
    const verdict = await verdictOf(words, { allowClusterMode: true });
    t.is(verdict.verdict, 'ignored');
    t.true(verdict.warn);
    t.deepEqual(await specFrom(words, { allowClusterMode: true }), { file: 's3://b/job.py' });
  }
});

test('arguments of the file are untouched, whatever they look like', async (t) => {
  const words = ['s3://b/job.py', '--conf', 'x', '--master', 'local', '--', '', '-v', 'ä b'];
  t.deepEqual(specOf(await translateLine(words)), { file: 's3://b/job.py', args: words.slice(1) });
});

test('of a flag given twice the last one counts, and settings are added up', async (t) => {
  t.deepEqual(
    await specFrom(['--queue', 'a', '--conf', 'spark.a=1', '--queue', 'b', '--conf', 'spark.a=2', '-c', 'spark.b=3']),
    {
      file: 's3://b/job.py',
      queue: 'b',
      conf: { 'spark.a': '2', 'spark.b': '3' },
    },
  );
});

test('a flag wins over --conf of the same setting, and the loser is named', async (t) => {
  const { spec, verdicts } = await translateLine([
    '--driver-memory',
    '4g',
    '--conf',
    'spark.driver.memory=1g',
    '--packages',
    'a:b:1',
    '--conf',
    'spark.jars.packages=c:d:2',
    's3://b/job.py',
  ]);
  t.deepEqual(spec, { file: 's3://b/job.py', driverMemory: '4g', conf: { 'spark.jars.packages': 'a:b:1' } });
  const losers = verdicts
    .filter(({ verdict }) => verdict === 'ignored')
    .map(({ item, detail }) => `${item}: ${detail}`);
  t.deepEqual(losers, [
    'conf spark.driver.memory: --driver-memory wins over it',
    'conf spark.jars.packages: its flag wins over it',
  ]);
});

test('a properties file is read as Java reads it, and flags win over it', async (t) => {
  const file = [
    '# a comment',
    '! another',
    '',
    'spark.a=from file',
    'spark.b : two  ',
    'spark.c three',
    'spark.d = one\\',
    '    more',
    'spark.e=\\u00e4\\ttab',
    'spark.f=a=b',
    'spark.driver.memory 1g',
    'not.spark=x',
    'spark.empty=',
  ].join('\n');
  const { spec, verdicts } = await translateLine(
    ['--properties-file', 'app.conf', '--conf', 'spark.a=from flag', '--driver-memory', '2g', 's3://b/job.py'],
    { files: { '/srv/app.conf': file } },
  );
  t.deepEqual(spec, {
    file: 's3://b/job.py',
    driverMemory: '2g',
    conf: {
      'spark.a': 'from flag',
      'spark.b': 'two',
      'spark.c': 'three',
      'spark.d': 'onemore',
      'spark.e': 'ä\ttab',
      'spark.f': 'a=b',
      'spark.empty': '',
    },
  });
  t.regex(verdicts[0]?.detail ?? '', /^8 settings to conf.*ignored.*not\.spark/);
});

test('a properties file that asks for another master is refused as the flag is', async (t) => {
  const files = { '/p.conf': 'spark.master=local[*]\nspark.submit.deployMode=cluster' };
  await t.throwsAsync(specFrom(['--properties-file', '/p.conf'], { files }), {
    message: /spark\.master=local.*server decides/,
  });
});

test('what is refused as a flag is refused in a properties file too, each with its name', async (t) => {
  const { verdicts } = await translateLine(['--properties-file', '/p', 's3://b/x.py'], {
    files: { '/p': 'spark.yarn.keytab /k\nspark.jars lib/a.jar\nspark.a b\n' },
  });
  t.deepEqual(
    verdicts.flatMap(({ item, verdict }) => (verdict === 'refused' ? [item] : [])),
    ['spark.yarn.keytab=/k', 'spark.jars=lib/a.jar'],
  );
});

test('run-example of spark-submit is refused with what to write in its place', async (t) => {
  await t.throwsAsync(async () => specOf(await translateLine(['run-example', 'SparkPi', '10'])), {
    message: /run-example: starts an example of this machine's Spark; .*--class org\.apache\.spark\.examples\.SparkPi/,
  });
});

test('a setting that does not start with spark. is left out, as spark-submit leaves it out', async (t) => {
  const verdict = await verdictOf(['--conf', 'hive.x=1']);
  t.is(verdict.verdict, 'ignored');
  t.true(verdict.warn);
  t.deepEqual(await specFrom(['--conf', 'hive.x=1']), { file: 's3://b/job.py' });
});

test('without a label spark.app.name is one', async (t) => {
  t.is((await specFrom(['--conf', 'spark.app.name=nightly'])).name, 'nightly');
  t.is((await specFrom(['--conf', 'spark.app.name=nightly', '--name', 'mine'])).name, 'mine');
});

test('every refusal is told at once', async (t) => {
  const error = await t.throwsAsync(specFrom(['--keytab', '/k', '--deploy-mode', 'client', '--num-executors', 'x']));
  t.is(error.message.split('\n').length, 3);
});

test('without a file there is nothing to run', async (t) => {
  t.throws(() => specOf({ verdicts: [] }), { message: /name its file/ });
  t.is((await translateLine(['--queue', 'q'])).spec, undefined);
});

test('secrets are masked in verdicts and in the shown request, not in the spec', async (t) => {
  const words = [
    '--conf',
    'spark.hadoop.fs.s3a.secret.key=hunter2',
    '--driver-java-options',
    '-Ddb.password=hunter2',
    's3://b/job.py',
    '--password',
    'hunter2',
  ];
  const { spec, verdicts } = await translateLine(words);
  t.notRegex(JSON.stringify(verdicts), /hunter2/);
  t.notRegex(JSON.stringify(redactRequest({ ...spec })), /hunter2/);
  t.is(JSON.stringify(spec).split('hunter2').length - 1, 3);
});

test('exported PYSPARK_ and SPARK_ variables that stay behind are named, with the setting that would take them along', async (t) => {
  const env = {
    PYSPARK_PYTHON: 'python3.11',
    SPARK_MY_FLAG: '1',
    SPARK_HOME: '/opt/spark',
    PATH: '/bin',
    PYSPARK_EMPTY: '',
  };
  const { verdicts } = await translateLine(['s3://b/job.py'], { env });
  const warned = verdicts.filter(({ warn }) => warn);
  t.deepEqual(
    warned.map(({ item }) => item),
    ['PYSPARK_PYTHON', 'SPARK_MY_FLAG'],
  );
  t.regex(warned[0]?.detail ?? '', /--conf spark\.yarn\.appMasterEnv\.PYSPARK_PYTHON=/);
  t.like(
    verdicts.find(({ item }) => item === 'SPARK_HOME'),
    { verdict: 'ignored', detail: 'describes this machine and stays here' },
  );
});

test('a variable that a setting says already is not named', async (t) => {
  const env = { PYSPARK_PYTHON: 'python3.11' };
  for (const key of ['spark.yarn.appMasterEnv.PYSPARK_PYTHON', 'spark.pyspark.python']) {
    const { verdicts } = await translateLine(['--conf', `${key}=/usr/bin/python3`, 's3://b/job.py'], { env });
    t.false(
      verdicts.some(({ item }) => item === 'PYSPARK_PYTHON'),
      key,
    );
  }
});

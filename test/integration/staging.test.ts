// From files of this machine to a job on a real YARN: a script, its modules, its data and a compiled package.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import test from 'ava';
import { down, type LocalInstance, up } from '../../src/local/index.js';
import { findPython } from '../../src/local/python.js';
import { cli } from '../helpers/cli.js';
import { standInCredentials } from '../helpers/moto.js';

let stateDir = '';
let cwd = '';
let instance: LocalInstance;
let staging: readonly string[] = [];

const JOB = `
import sys
import regex, words
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
def work(text):
    import regex, words
    return words.loud(regex.sub(r"\\p{Lu}", "*", text)) + " " + regex.__file__.split("/")[-3]
for line in spark.sparkContext.parallelize(["Äb", "cD"], 2).map(work).collect():
    print("LINE", line)
print("DRIVER", regex.__file__.split("/")[-3], open("data.txt").read().strip(), sys.argv[1:])
`;

test.before(async (t) => {
  t.timeout(900_000); // the first one fetches everything
  stateDir = await mkdtemp(join(tmpdir(), 'livywire-staging-'));
  cwd = join(stateDir, 'job');
  await mkdir(join(cwd, 'lib'), { recursive: true });
  await writeFile(join(cwd, 'etl.py'), JOB);
  await writeFile(join(cwd, 'lib', 'words.py'), 'def loud(text):\n    return text + "!"\n');
  await writeFile(join(cwd, 'data.txt'), 'some data\n');
  await writeFile(join(cwd, 'requirements.txt'), 'regex==2024.11.6\n');
  instance = await up({ stateDir, aws: true, name: 'staging' });
  const { aws } = instance;
  if (aws === undefined) throw new Error('an instance with AWS says where it is');
  standInCredentials(aws.accessKeyId, aws.secretAccessKey);
  Object.assign(process.env, { AWS_ENDPOINT_URL: aws.endpoint, AWS_REGION: aws.region });
  staging = [
    ...['--stage', `s3://${aws.bucket}/jobs`, '--py-files', 'lib', '--files', 'data.txt'],
    ...['--requirements', 'requirements.txt', ...(await wheelsForHere())],
  ];
});
test.after.always(async () => {
  await down({ stateDir, name: 'staging' });
  await rm(stateDir, { recursive: true, force: true });
});

/** The machine's own Python is the cluster's here. */
async function wheelsForHere(): Promise<readonly string[]> {
  const { version } = await findPython();
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  const glibc = (header.glibcVersionRuntime ?? '2.28').replace('.', '_');
  const arch = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
  const python = version.split('.').slice(0, 2).join('.');
  return ['--python-version', python, '--platform', `manylinux_${glibc}_${arch}`];
}

async function run(...argv: readonly string[]) {
  const [url, yarn] = [instance.url, instance.behind?.resourceManager ?? ''];
  const env = { HOME: stateDir, XDG_STATE_HOME: join(stateDir, 'state'), LIVYWIRE_URL: url, LIVYWIRE_YARN_URL: yarn };
  return cli(argv, { cwd, env });
}

test.serial('without the package the job does not run here, so that what follows proves something', async (t) => {
  const { code, stdout } = await run('run', ...staging.slice(0, 6), './etl.py');
  t.is(code, 1);
  t.regex(stdout, /No module named 'regex'/);
});

test.serial('a script, its modules, its data and a compiled package run from S3 on YARN', async (t) => {
  const { code, stdout, stderr } = await run('run', ...staging, '--key', 'k', './etl.py', '2026-11-01');
  t.is(code, 0, stderr + stdout);
  t.regex(stdout, /^LINE \*b! deps$/m, 'in the executors');
  t.regex(stdout, /^LINE c\*! deps$/m);
  t.regex(stdout, /^DRIVER deps some data \['2026-11-01'\]$/m, 'in the driver');
  t.regex(stderr, /staged: 1 file \(.*\) sent, 3 there already/);
});

test.serial('the same line under the same key finds the run, and sends no file', async (t) => {
  const { code, stderr } = await run('run', ...staging, '--key', 'k', './etl.py', '2026-11-01');
  t.is(code, 0, stderr);
  t.regex(stderr, /staged: nothing to send, \d files \(.*\) there already/);
  t.regex(stderr, /found the run under this key, nothing was sent/);
});

test.serial(
  'with --cluster the line needs no word on Python: the compiled package is for the one PySpark has there',
  async (t) => {
    const env = { HOME: stateDir, XDG_STATE_HOME: join(stateDir, 'state') };
    // As staging has them, without the flags about Python: those of the release alone would be for 3.9.
    const files = staging.slice(0, staging.indexOf('--python-version'));
    const { code, stdout, stderr } = await cli(['run', '--cluster', 'staging', ...files, './etl.py'], { cwd, env });
    t.is(code, 0, stderr + stdout);
    t.regex(stderr, /packages for Python 3\.\d+, PYSPARK_PYTHON in the cluster's spark-env/);
    t.regex(stdout, /^LINE \*b! deps$/m, 'in the executors');
    t.regex(stdout, /^DRIVER deps some data \[\]$/m, 'in the driver');
  },
);

/**
 * Runs the scenarios for real and keeps what they wrote, one folder per case.
 *
 *     npx tsx test/held-out/record.ts --spark 3.5=<venv> [--spark 3.4=<venv>] [--only <parts of names>] [--missing] [--part 1/2]
 *
 * A venv has pyspark, pandas and pyarrow (that of 3.5 also boto3 and moto). Further settings, for the cases that need them: --hadoop <folder of
 * Hadoop's jars> (YARN), --bare <python without pandas>, --old <another minor of python>, --s3-jars <folder with hadoop-aws>, --livy <url>,
 * --disk <folder on a full little file system>. A case that did not end as its code says is not kept.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { canShare, Runner, type Result } from './runner.js';
import { sanitise } from './sanitise.js';
import { scenarios } from './scenarios/index.js';
import { type Scenario } from './scenarios/scenario.js';
import { Yarn } from './yarn.js';

const { values } = parseArgs({
  allowNegative: true,
  options: {
    spark: { type: 'string', multiple: true, default: [] },
    hadoop: { type: 'string' },
    bare: { type: 'string', default: 'python3' },
    old: { type: 'string', default: 'python3' },
    's3-jars': { type: 'string', default: '' },
    livy: { type: 'string' },
    disk: { type: 'string', default: '' },
    only: { type: 'string', default: '' },
    code: { type: 'string' },
    missing: { type: 'boolean', default: false },
    yarn: { type: 'boolean' },
    gateway: { type: 'boolean' },
    'at-once': { type: 'string', default: '1' },
    part: { type: 'string', default: '1/1' },
  },
});
const here = import.meta.dirname;
const folder = mkdtempSync(join(tmpdir(), 'held-out-'));
const venvs = Object.fromEntries(values.spark.map((pair) => pair.split('=') as [string, string]));
const homes = Object.fromEntries(
  Object.entries(venvs).map(([version, venv]) => {
    const python = readdirSync(join(venv, 'lib'))[0] ?? '';
    return [version, { venv, home: join(venv, 'lib', python, 'site-packages/pyspark') }];
  }),
);
const newest = homes['3.5'];
if (newest === undefined) throw new Error('--spark 3.5=<venv> is needed');

const [part = 1, of = 1] = values.part.split('/').map(Number);
const only = values.only.split(',');
const rank = (name: string): number => only.findIndex((text) => name.includes(text));
const wanted = spread(scenarios)
  .filter(({ name }) => rank(name) !== -1)
  .sort((a, b) => rank(a.name) - rank(b.name))
  .filter(({ code }) => values.code === undefined || String(code) === values.code)
  .filter(({ name }) => !values.missing || !existsSync(join(here, name)))
  .filter(({ mode }) => values.yarn === undefined || values.yarn === (mode?.startsWith('yarn') ?? false))
  .filter(({ spark = '3.5' }) => homes[spark] !== undefined)
  .filter((scenario) => values.gateway === undefined || values.gateway === canShare(scenario))
  .filter((_, i) => i % of === part - 1);

const jar = join(folder, 'shop.jar');
const classes = join(folder, 'classes');
const sources = ['Report', 'TouchyListener'].map((name) => join(here, 'jobs/java/shop', `${name}.java`));
mkdirSync(classes);
execFileSync('javac', ['--release', '8', '-nowarn', '-cp', `${newest.home}/jars/*`, '-d', classes, ...sources], {
  stdio: ['ignore', 'ignore', 'ignore'],
});
execFileSync('jar', ['cf', jar, '-C', classes, '.']);

const onYarn = wanted.some(({ mode }) => mode?.startsWith('yarn'));
const yarn =
  onYarn && values.hadoop !== undefined ? new Yarn(join(folder, 'yarn'), values.hadoop, newest.home) : undefined;
const runner = new Runner({
  gateways: values.gateway === true ? join(folder, 'gateways') : undefined,
  homes,
  jar,
  yarn,
  livy: values.livy,
  settings: values,
  newestVenv: newest.venv,
});

try {
  await yarn?.start();
  const alone = ({ occupant, rival }: Scenario) => occupant !== undefined || rival !== undefined;
  const queue = wanted.filter((scenario) => !alone(scenario));
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) await record(next);
  };
  for (const scenario of wanted.filter(alone)) await record(scenario);
  await Promise.all(Array.from({ length: Number(values['at-once']) }, worker));
} finally {
  await runner.stop();
  await yarn?.stop();
  rmSync(folder, { recursive: true, force: true });
}

/** First one case of each code (and a third of the successes), then a second of each: an interrupted recording still has some of all. */
function spread(all: readonly Scenario[]): Scenario[] {
  const met = new Map<string | null, number>();
  const round = all.map(({ code }) => {
    const count = met.get(code) ?? 0;
    met.set(code, count + 1);
    return code === null ? Math.floor(count / 20) : count;
  });
  return all
    .map((scenario, i) => [round[i] ?? 0, scenario] as const)
    .sort(([a], [b]) => a - b)
    .map(([, one]) => one);
}

async function record(scenario: Scenario): Promise<void> {
  const work = join(folder, 'work', scenario.name);
  mkdirSync(work, { recursive: true });
  cpSync(join(here, 'jobs'), join(work, 'jobs'), { recursive: true });
  const began = new Date();
  const result = await runner.run(scenario, work).catch((error: unknown) => String(error));
  if (typeof result === 'string') return console.log(`${scenario.name}: NOT RECORDED, ${result}`);
  const wrong = unlike(scenario, result);
  const target = join(here, wrong ? `../../.work/held-out/${scenario.name}` : scenario.name);
  keep(target, scenario, result, work, began);
  rmSync(work, { recursive: true, force: true });
  const seconds = Math.round((Date.now() - began.getTime()) / 1000);
  console.log(`${scenario.name}: exit ${String(result.exitCode)}, ${seconds} s${wrong ? ', NOT AS EXPECTED' : ''}`);
}

/** Whether the run ended on the wrong side; that it ended for the right reason is for the reader of the log. */
function unlike({ code }: Scenario, { exitCode, finalStatus }: Result): boolean {
  const good = exitCode === 0 && (finalStatus === null || finalStatus === 'SUCCEEDED');
  return (code === null) !== good;
}

function keep(target: string, scenario: Scenario, result: Result, work: string, began: Date): void {
  const { name: _, code, also, how, mode = 'local', spark = '3.5' } = scenario;
  const places = {
    [work]: '/srv/etl',
    [jar]: '/srv/etl/shop.jar',
    [join(folder, 'yarn')]: '/var/yarn',
    [folder]: '/srv/tmp',
    ...Object.fromEntries(
      Object.values(homes).flatMap(({ venv, home }) => [
        [home, '/opt/spark'],
        [venv, '/opt/python'],
      ]),
    ),
    [dirname(dirname(values.bare))]: '/opt/python-bare',
    [dirname(dirname(values.old))]: '/opt/python-old',
    ...(values['s3-jars'] !== '' && { [values['s3-jars']]: '/opt/jars' }),
    ...(values.hadoop !== undefined && { [values.hadoop]: '/opt/hadoop' }),
    ...(values.disk !== '' && { [values.disk]: '/mnt/small' }),
    ...Object.fromEntries(
      ['3_5', '3_4', '3_3'].map((version) => [process.env[`CLASSES_${version}`] ?? '\0', '/opt/classes.jsa']),
    ),
    ...(process.env['JAVA_HOME'] !== undefined && { [process.env['JAVA_HOME']]: '/opt/java' }),
  };
  const { exitCode, finalStatus, shared } = result;
  const version = /Running Spark version (\S+)/.exec(result.stderr)?.[1] ?? result.version;
  const meta = {
    code,
    ...(also && { also }),
    sparkVersion: version ?? spark,
    mode,
    exitCode,
    finalStatus,
    how,
    ...(shared === true && { jvm: 'shared' }),
    date: began.toISOString(),
  };
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, 'stdout.log'), sanitise(result.stdout, places));
  writeFileSync(join(target, 'stderr.log'), sanitise(result.stderr, places));
  if (result.yarn !== null) writeFileSync(join(target, 'yarn.txt'), sanitise(result.yarn, places));
  writeFileSync(join(target, 'meta.json'), `${JSON.stringify(meta, undefined, 2)}\n`);
}

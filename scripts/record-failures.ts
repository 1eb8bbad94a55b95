/**
 * Records what real failures leave behind, into test/fixtures/failures.
 *
 *     npx tsx scripts/record-failures.ts --spark <SPARK_HOME> --python <interpreter> --mode local|cluster [--only <regular expression>] [--at-once 2] [--missing]
 *         [--other-python <interpreter of another minor>] [--s3-jars <folder with hadoop-aws and its SDK>]
 *
 * The cases are those of test/integration/failing. In cluster mode it starts a Livy and YARN of its own and stops them.
 * Paths, users and addresses of this machine are replaced by neutral ones.
 */
import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { type CaseMode, type FailingCase, kindOf, type Means } from '../test/integration/failing/case.js';
import { cases } from '../test/integration/failing/cases.js';
import { root } from './gate/project.js';
import { Recording } from './record-failures/cluster.js';
import { folderOf, type Meta, type Remains, writeFixture } from './record-failures/fixture.js';
import { refusingS3 } from './record-failures/refusing-s3.js';
import { runLocally, type Spark } from './record-failures/local.js';
import { type Replacement, sanitiser } from './record-failures/sanitise.js';

const { values } = parseArgs({
  options: {
    spark: { type: 'string' },
    python: { type: 'string', default: 'python3' },
    mode: { type: 'string', default: 'local' },
    only: { type: 'string', default: '' },
    'at-once': { type: 'string', default: '2' },
    'other-python': { type: 'string' },
    's3-jars': { type: 'string' },
    missing: { type: 'boolean', default: false },
  },
});
if (values.spark === undefined) throw new Error('--spark is needed');

const version = /version (\d+\.\d+\.\d+)/.exec(
  (await execa(join(values.spark, 'bin/spark-submit'), ['--version'], { all: true })).all,
)?.[1];
if (version === undefined) throw new Error(`no Spark at ${values.spark}`);
const spark: Spark = { home: values.spark, python: values.python, version };
const mode = values.mode as CaseMode;

const jobs = join(root, 'jobs/failing');
const replaced: Replacement[] = [
  [jobs, '/opt/jobs'],
  [root, '/opt/livywire'],
  [spark.home, '/usr/lib/spark'],
  [await realpath(spark.home), '/usr/lib/spark'],
  [dirname(dirname(spark.python)), '/opt/python'],
  ...(process.env.JAVA_HOME === undefined ? [] : ([[process.env.JAVA_HOME, '/usr/lib/jvm/java']] as const)),
];
const fileOf = ({ job }: FailingCase): string => join(jobs, job);

type Recorded = Pick<Meta, 'command'> & Partial<Meta> & { readonly remains: Remains };

async function record(one: FailingCase, run: (one: FailingCase) => Promise<Recorded>): Promise<void> {
  const start = Date.now();
  const { remains, ...told } = await run(one);
  const meta: Meta = {
    case: one.name,
    code: one.code,
    kind: kindOf(one),
    spark: spark.version,
    mode,
    ...told,
    date: new Date().toISOString().slice(0, 10),
  };
  await writeFixture(meta, remains, sanitiser(replaced));
  const last = Object.values(remains).map((text: string) => text.length);
  const how = meta.exitCode ?? `${meta.state ?? ''}/${meta.finalStatus ?? ''} ${meta.livyState ?? ''}`;
  console.log(`${one.name}: ${how}, ${Math.round((Date.now() - start) / 1000)} s, ${last.join(' + ')} characters`);
}

/** Several at once, each worker taking the next. */
async function each(list: readonly FailingCase[], run: (one: FailingCase) => Promise<Recorded>): Promise<void> {
  const left = [...list];
  const worker = async (): Promise<void> => {
    for (let one = left.shift(); one; one = left.shift()) {
      const name = one.name;
      if (values.missing && existsSync(folderOf({ case: name, mode, spark: spark.version }))) continue;
      await record(one, run).catch((error: unknown) => {
        process.exitCode = 1;
        console.log(`${name}: not recorded: ${String(error)}`);
      });
    }
  };
  await Promise.all(Array.from({ length: Number(values['at-once']) }, worker));
}

const s3Jars = values['s3-jars'];
const otherPython = values['other-python'];
const s3 = s3Jars === undefined ? undefined : await refusingS3();
const means: Means = {
  python: spark.python,
  ...(otherPython !== undefined && { otherPython }),
  ...(s3Jars !== undefined && { s3Jars }),
  ...(s3 && { s3: s3.url }),
};
const isPossible = ({ needs }: FailingCase): boolean => needs === undefined || means[needs] !== undefined;
const wanted = cases.filter(
  (one) => one.modes.includes(mode) && isPossible(one) && new RegExp(values.only).test(one.name),
);
console.log(`${wanted.length} cases, Spark ${spark.version}, ${mode}, by ${basename(spark.python)}`);
if (mode === 'local') {
  await each(wanted, (one) => runLocally(one, { file: fileOf(one), spark, means }));
} else {
  const recording = await Recording.start(spark, jobs);
  replaced.push([recording.instance.dir, '/mnt/yarn'], [recording.folder, '/mnt/tmp']);
  try {
    await each(wanted, (one) => recording.run(one, fileOf(one), means));
  } finally {
    await recording.stop();
  }
}
s3?.server.close();

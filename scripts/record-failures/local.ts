import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { execa } from 'execa';
import { confOf, type FailingCase, type Means } from '../../test/integration/failing/case.js';
import type { Remains } from './fixture.js';

/** The Spark that is recorded. */
export interface Spark {
  readonly home: string;
  readonly python: string;
  readonly version: string;
}

export const quickJvm = '-XX:+UseSerialGC -XX:TieredStopAtLevel=1';
const LONGEST_MS = 300_000;

/** Runs a case by a plain spark-submit with `local[2]`. */
export async function runLocally(
  one: FailingCase,
  { file, spark, means }: { readonly file: string; readonly spark: Spark; readonly means: Means },
): Promise<{ remains: Remains; exitCode: number; command: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'record-failures-'));
  const conf = {
    'spark.ui.port': '0',
    'spark.local.dir': folder,
    'spark.pyspark.python': spark.python,
    'spark.sql.shuffle.partitions': '4',
    'spark.driver.extraJavaOptions': quickJvm,
    'spark.driver.memory': '512m',
    ...confOf(one, means),
  };
  const { master = 'local[2]' } = one;
  const shown = ['spark-submit', '--master', master, ...flags(one.conf ?? {}), file, ...(one.args ?? [])];
  const given = ['--master', master, ...(one.spec?.className === undefined ? [] : ['--class', one.spec.className]), ...flags(conf)]; // prettier-ignore
  const done = await execa(join(spark.home, 'bin/spark-submit'), [...given, file, ...(one.args ?? [])], {
    cwd: folder,
    reject: false,
    timeout: LONGEST_MS,
    stdin: 'ignore',
    env: {
      PATH: process.env.PATH,
      JAVA_HOME: process.env.JAVA_HOME,
      HOME: folder,
      LANG: 'C.UTF-8',
      SPARK_HOME: spark.home,
      SPARK_LOCAL_IP: '127.0.0.1',
      PYSPARK_PYTHON: conf['spark.pyspark.python'],
      SPARK_SUBMIT_OPTS: `-Djava.io.tmpdir=${folder}`,
    },
    extendEnv: false,
  });
  await rm(folder, { recursive: true, force: true });
  if (done.timedOut) throw new Error(`not done after ${LONGEST_MS / 1000} s`); // what is cut off is no failure of its own
  const remains = [done.stdout, done.stderr].map((text) => text.replaceAll(folder, '/mnt/tmp'));
  return {
    remains: { stdout: ended(remains[0] ?? ''), stderr: ended(remains[1] ?? '') },
    exitCode: done.exitCode ?? -1,
    command: shown.join(' '),
  };
}

const flags = (conf: Readonly<Record<string, string>>): string[] =>
  Object.entries(conf).flatMap(([key, value]) => ['--conf', `${key}=${value}`]);

/** Its last line ends too. */
export const ended = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`);

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Gateway } from './gateway.js';
import { type Scenario } from './scenarios/scenario.js';
import { watch, type Submitted } from './submitted.js';
import { type Yarn } from './yarn.js';

export interface Result {
  readonly stdout: string;
  readonly stderr: string;
  /** The diagnostics of the ResourceManager; `null` where there was no application. */
  readonly yarn: string | null;
  readonly exitCode: number | null;
  readonly finalStatus: string | null;
  readonly version?: string;
  /** The JVM was one that other cases used too. */
  readonly shared?: boolean;
}

interface Setting {
  readonly homes: Readonly<Record<string, { readonly venv: string; readonly home: string }>>;
  readonly newestVenv: string;
  readonly jar: string;
  readonly yarn: Yarn | undefined;
  /** Where gateways may keep their files; `undefined` starts a JVM for each case. */
  readonly gateways: string | undefined;
  readonly livy: string | undefined;
  readonly settings: { readonly bare: string; readonly old: string; readonly 's3-jars': string; readonly disk: string };
}

/** Quick to start; a folder with an archive of classes per Spark (spark-3.5.jsa) makes it quicker still. */
const java = '-XX:+UseSerialGC -XX:TieredStopAtLevel=1';
const everywhere = { 'spark.ui.port': '0', 'spark.sql.shuffle.partitions': '4' };

/** Runs one scenario to its end and says what is left of it. */
export class Runner {
  readonly #the: Setting;
  readonly #gateways = new Map<string, Gateway>();
  #s3: ChildProcess | undefined;
  #s3Conf: Readonly<Record<string, string>> = {};

  constructor(setting: Setting) {
    this.#the = setting;
  }

  async run(scenario: Scenario, work: string): Promise<Result> {
    mkdirSync(join(work, 'tmp'), { recursive: true });
    if (scenario.mode === 'livy') return this.#refused(scenario);
    if (this.#the.gateways && canShare(scenario)) return this.#shared(scenario, work);
    if (scenario.needsS3) await this.#startS3(work);
    const before = scenario.occupant && (await this.#neighbour(scenario.occupant, work));
    try {
      return await this.#submit(scenario, work);
    } finally {
      if (before !== undefined) await this.#the.yarn?.kill(before);
    }
  }

  async stop(): Promise<void> {
    this.#s3?.kill();
    for (const gateway of this.#gateways.values()) gateway.stop();
  }

  /** In a JVM that other cases use too; a driver process and a context of its own nevertheless. */
  async #shared(scenario: Scenario, work: string): Promise<Result> {
    const { spark = '3.5' } = scenario;
    const { venv } = this.#the.homes[spark] ?? { venv: '' };
    const folder = join(this.#the.gateways ?? '', spark);
    const archive = process.env[`CLASSES_${spark.replace('.', '_')}`];
    const options = archive === undefined ? java : `${java} -XX:SharedArchiveFile=${archive}`;
    const gateway = this.#gateways.get(spark) ?? new Gateway(venv, folder, options);
    this.#gateways.set(spark, gateway);
    const { 'spark.driver.extraJavaOptions': _, ...usual } = this.#conf(scenario);
    const conf = { 'spark.master': 'local[2]', ...usual, ...scenario.conf };
    const text = JSON.stringify({ run: scenario.run, conf, timeout: 300 });
    const answer = await gateway.ask(text.replaceAll('{work}', gateway.work));
    const back = (log: string) => log.replaceAll(gateway.work, work);
    const version = /Running Spark version (\S+)/.exec(answer.stderr)?.[1];
    const logs = { stdout: back(answer.stdout), stderr: back(answer.stderr) };
    return {
      ...logs,
      exitCode: answer.exitCode,
      yarn: null,
      finalStatus: null,
      shared: true,
      ...(version && { version }),
    };
  }

  async #submit(scenario: Scenario, work: string): Promise<Result> {
    const spark = this.#start(scenario, work);
    const timeout = setTimeout(() => spark.child.kill('SIGKILL'), (scenario.timeoutS ?? 400) * 1000);
    let late: string | undefined;
    try {
      if (scenario.end) await this.#end(scenario.end, spark);
      if (scenario.rival) {
        await this.#containers(await spark.app(), scenario.rival.containers);
        late = await this.#neighbour({ conf: scenario.rival.conf, containers: 0 }, work);
      }
      if (spark.child.exitCode === null && spark.child.signalCode === null) await once(spark.child, 'close');
    } finally {
      clearTimeout(timeout);
      if (late !== undefined) await this.#the.yarn?.kill(late);
    }
    if (spark.child.signalCode === 'SIGKILL' && scenario.end?.by !== 'SIGKILL') throw new Error('it took too long');
    const out = spark.out();
    const id = /application_\d+_\d+/.exec(out.stderr)?.[0];
    const { yarn } = this.#the;
    if (!scenario.mode?.startsWith('yarn') || id === undefined || !yarn)
      return { ...out, yarn: null, finalStatus: null };
    await sleep(1_500);
    const { diagnostics, finalStatus } = await yarn.app(id);
    const kept = { ...out, yarn: diagnostics, finalStatus };
    if (scenario.mode === 'yarn-client') return kept;
    const stderr = yarn.driverLog(id, 'stderr');
    return { ...kept, stdout: yarn.driverLog(id, 'stdout') ?? out.stdout, stderr: stderr ?? out.stderr };
  }

  #start(scenario: Scenario, work: string): Submitted {
    const { mode = 'local', run, flags = [] } = scenario;
    const { venv, home } = this.#the.homes[scenario.spark ?? '3.5'] ?? { venv: '', home: '' };
    const fill = (text: string): string =>
      text
        .replaceAll('{work}', work)
        .replaceAll('{spark}', home)
        .replaceAll('{python}', join(venv, 'bin/python'))
        .replaceAll('{bare}', this.#the.settings.bare)
        .replaceAll('{old}', this.#the.settings.old)
        .replaceAll('{s3jars}', this.#the.settings['s3-jars'])
        .replaceAll('{disk}', this.#the.settings.disk)
        .replaceAll('{jar}', this.#the.jar);
    const conf = { ...this.#conf(scenario), ...scenario.conf };
    const settings = Object.entries(conf).flatMap(([key, value]) => ['--conf', fill(`${key}=${value}`)]);
    const file = (part: string): string =>
      existsSync(join(work, 'jobs', part)) ? join(work, 'jobs', part) : fill(part);
    const command = mode === 'plain' ? run : [...master(mode), ...settings, ...flags.map(fill), ...run.map(file)];
    const env: Record<string, string | undefined> = {
      PATH: `${join(venv, 'bin')}:${process.env['PATH'] ?? ''}`,
      JAVA_HOME: process.env['JAVA_HOME'],
      HOME: work,
      SPARK_HOME: home,
      SPARK_LOCAL_IP: '127.0.0.1',
      SPARK_LOCAL_HOSTNAME: 'localhost',
      SPARK_SCALA_VERSION: '2.12',
      SPARK_WORKER_DIR: join(work, 'worker'),
      HADOOP_USER_NAME: 'etl',
      PYSPARK_PYTHON: join(venv, 'bin/python'),
      PYSPARK_DRIVER_PYTHON: join(venv, 'bin/python'),
      PYTHONDONTWRITEBYTECODE: '1',
      ...(mode.startsWith('yarn') && { HADOOP_CONF_DIR: this.#the.yarn?.conf, SPARK_SUBMIT_OPTS: java }),
      ...Object.fromEntries(Object.entries(scenario.env ?? {}).map(([key, value]) => [key, fill(value)])),
      ...(scenario.needsS3 && this.#s3Conf),
    };
    const program = join(home, 'bin', mode === 'spark-sql' ? 'spark-sql' : 'spark-submit');
    const child = spawn(program, command, { cwd: work, env, stdio: ['ignore', 'pipe', 'pipe'] });
    return watch(child);
  }

  #conf({ mode = 'local', spark = '3.5', needsS3, conf: changed = {} }: Scenario): Record<string, string> {
    const { venv, home } = this.#the.homes[spark] ?? { venv: '', home: '' };
    const python = join(venv, 'bin/python');
    const archive =
      needsS3 || changed['spark.driver.extraClassPath'] !== undefined
        ? undefined
        : process.env[`CLASSES_${spark.replace('.', '_')}`];
    if (mode.startsWith('yarn')) {
      return {
        ...everywhere,
        'spark.yarn.jars': `local:${home}/jars/*`,
        'spark.yarn.stagingDir': 'file://{work}/staging',
        'spark.yarn.maxAppAttempts': '1',
        'spark.driver.memory': '512m',
        'spark.executor.memory': '512m',
        'spark.executor.cores': '1',
        'spark.executor.instances': '1',
        'spark.yarn.report.interval': '1s',
        'spark.driver.extraJavaOptions': java,
        'spark.executor.extraJavaOptions': java,
        'spark.yarn.appMasterEnv.PYSPARK_PYTHON': python,
        'spark.yarn.appMasterEnv.PYSPARK_DRIVER_PYTHON': python,
        'spark.yarn.appMasterEnv.SPARK_LOCAL_IP': '127.0.0.1',
        'spark.executorEnv.PYSPARK_PYTHON': python,
        'spark.executorEnv.SPARK_LOCAL_IP': '127.0.0.1',
      };
    }
    const s3 = needsS3 && {
      'spark.jars': ['aws-java-sdk-bundle-1.12.262', 'hadoop-aws-3.3.4']
        .map((name) => `local:{s3jars}/${name}.jar`)
        .join(','),
      'spark.driver.extraClassPath': '{s3jars}/*',
      'spark.hadoop.fs.s3a.endpoint': this.#s3Conf['S3_ENDPOINT'] ?? '',
      'spark.hadoop.fs.s3a.path.style.access': 'true',
      'spark.hadoop.fs.s3a.attempts.maximum': '1',
    };
    const sized = mode === 'local-cluster' && {
      'spark.executor.memory': '512m',
      'spark.executor.extraJavaOptions': java,
    };
    return {
      ...everywhere,
      'spark.driver.extraJavaOptions': archive === undefined ? java : `${java} -XX:SharedArchiveFile=${archive}`,
      'spark.local.dir': '{work}/tmp',
      ...sized,
      ...s3,
    };
  }

  async #end({ by, after }: NonNullable<Scenario['end']>, spark: Submitted): Promise<void> {
    if (by !== 'yarn') {
      await spark.seen(after);
      await sleep(1_000);
      return void spark.child.kill(by);
    }
    const id = await spark.app();
    for (;;) {
      const { state } = (await this.#the.yarn?.app(id)) ?? { state: '' };
      if (state === after) break;
      await sleep(500);
    }
    await sleep(after === 'RUNNING' ? 8_000 : 500);
    await this.#the.yarn?.kill(id);
  }

  /** Another application in the same YARN; comes back when it has its containers. */
  async #neighbour({ conf, containers }: NonNullable<Scenario['occupant']>, work: string): Promise<string> {
    const spark = this.#start(
      { name: '', code: null, how: '', mode: 'yarn-cluster', run: ['ends.py', 'holding'], conf },
      work,
    );
    const id = await spark.app();
    await this.#containers(id, containers);
    return id;
  }

  async #containers(id: string, count: number): Promise<void> {
    for (let tries = 0; tries < 120; tries++) {
      const app = await this.#the.yarn?.app(id);
      if (app === undefined || app.runningContainers >= count || app.state === 'FAILED') return;
      await sleep(500);
    }
  }

  async #refused({ request = {} }: Scenario): Promise<Result> {
    if (this.#the.livy === undefined) throw new Error('--livy is needed');
    const headers = { 'Content-Type': 'application/json', 'X-Requested-By': 'livywire' };
    const answer = await fetch(`${this.#the.livy}/batches`, { method: 'POST', headers, body: JSON.stringify(request) });
    const stderr = await answer.text();
    if (answer.ok) throw new Error(`Livy took it: ${stderr}`);
    return { stdout: '', stderr: `${stderr}\n`, yarn: null, exitCode: null, finalStatus: null };
  }

  async #startS3(work: string): Promise<void> {
    if (this.#s3) return;
    const python = join(this.#the.newestVenv, 'bin/python');
    const server = spawn(python, [join(work, 'jobs/s3_server.py')], { stdio: ['ignore', 'pipe', 'ignore'] });
    this.#s3 = server;
    for await (const line of createInterface({ input: server.stdout })) {
      this.#s3Conf = JSON.parse(line) as Record<string, string>;
      break;
    }
  }
}

/** Whether the JVM will outlive it, and it needs none of its own. */
export const canShare = ({ mode = 'local', run, flags, env, needsS3, conf = {}, end }: Scenario): boolean =>
  mode === 'local' &&
  (run[0] ?? '').endsWith('.py') &&
  [flags, env, needsS3, end].every((special) => special === undefined) &&
  !Object.keys(conf).some((key) => /^spark\.(?:driver\.(?!maxResultSize)|serializer|extraListeners)/.test(key)) &&
  !['oom', 'hang', 'broken_syntax.py', 'memory_error'].some((word) => run.includes(word));

const master = (mode: NonNullable<Scenario['mode']>): string[] =>
  mode === 'local' || mode === 'spark-sql'
    ? ['--master', 'local[2]']
    : mode === 'local-cluster'
      ? ['--master', 'local-cluster[2,1,1024]']
      : ['--master', 'yarn', '--deploy-mode', mode === 'yarn-client' ? 'client' : 'cluster'];

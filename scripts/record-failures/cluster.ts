import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Batch, type CreateBatch, LivyClient } from '../../src/livy/index.js';
import { down, type LocalInstance, up } from '../../src/local/index.js';
import { confOf, type FailingCase, type Means } from '../../test/integration/failing/case.js';
import { strictYarn, YarnRest } from '../../test/integration/failing/cluster.js';
import type { Meta, Remains } from './fixture.js';
import { ended, quickJvm, type Spark } from './local.js';

const ENDED = ['success', 'dead', 'killed', 'error'];
/** The Spark that `local up` fetches; any other one comes in by the stand-in for spark-submit. */
const OWN_MINOR = '3.5';

/** A Livy and YARN that run the wanted Spark, for one recording. */
export class Recording {
  readonly instance: LocalInstance;
  readonly folder: string;
  readonly #livy: LivyClient;
  readonly #yarn: YarnRest;

  private constructor(instance: LocalInstance, folder: string) {
    this.instance = instance;
    this.folder = folder;
    this.#livy = new LivyClient({ url: instance.url });
    if (!instance.behind) throw new Error('an instance with YARN says where YARN is');
    this.#yarn = new YarnRest(instance.behind.resourceManager);
  }

  static async start(spark: Spark, jobs: string): Promise<Recording> {
    const folder = await mkdtemp(join(tmpdir(), 'record-failures-'));
    const other = spark.version.startsWith(`${OWN_MINOR}.`) ? {} : await standIn(folder, spark);
    const { yarnConf } = strictYarn;
    const instance = await up({
      ...strictYarn,
      name: 'record',
      stateDir: join(folder, 'state'),
      allow: [jobs],
      // The logs of ended containers stay where they are.
      yarnConf: { ...yarnConf, 'yarn.nodemanager.delete.debug-delay-sec': '7200' },
      ...other,
    });
    return new Recording(instance, folder);
  }

  async stop(): Promise<void> {
    await down({ name: 'record', stateDir: join(this.folder, 'state') });
    await rm(this.folder, { recursive: true, force: true });
  }

  async run(
    one: FailingCase,
    file: string,
    means: Means,
  ): Promise<Partial<Meta> & { remains: Remains; command: string }> {
    const queue = one.spec?.queue;
    const sitting = one.meanwhile === 'occupy' ? await this.#sit(file, queue) : undefined;
    const tag = `record-${randomUUID()}`;
    const body = {
      file,
      ...(one.args && { args: one.args }),
      ...one.spec,
      name: tag,
      conf: { ...confOf(one, means), 'spark.yarn.tags': tag },
    };
    const command = `POST /batches ${JSON.stringify({ ...body, name: undefined, conf: one.conf })}`;
    try {
      const refused = await this.#refusal(body);
      if (refused !== undefined) return { command, httpStatus: refused.status, remains: { livy: refused.body } };
      const batch = await this.#livy.batches.create(body);
      if (one.meanwhile === 'kill') await this.#yarn.kill(await this.#yarn.running(tag));
      const preempting = one.meanwhile === 'preempt' ? await this.#preempt(tag, file) : undefined;
      const last = await this.#end(batch.id);
      if (preempting !== undefined) await this.#livy.batches.delete(preempting);
      return { command, livyState: last.state, ...(await this.#remains(last)) };
    } finally {
      if (sitting !== undefined) await this.#livy.batches.delete(sitting);
    }
  }

  /** Livy keeps a zombie of what it refused: that is asked without a name. */
  async #refusal(body: CreateBatch): Promise<{ status: number; body: string } | undefined> {
    if (body.file?.startsWith('/etc/') !== true) return undefined;
    const answer = await fetch(`${this.instance.url}/batches`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Requested-By': 'livywire' },
      body: JSON.stringify({ ...body, name: undefined }),
    });
    return { status: answer.status, body: `${await answer.text()}\n` };
  }

  /** Takes the one place in a queue. */
  async #sit(file: string, queue: string | undefined): Promise<number> {
    const tag = `sit-${randomUUID()}`;
    const conf = { 'spark.yarn.tags': tag };
    const sleeper = join(file, '..', '..', 'sleep.py');
    const { id } = await this.#livy.batches.create({ file: sleeper, args: ['300'], ...(queue && { queue }), conf });
    await this.#yarn.running(tag, 0);
    return id;
  }

  /** Fills the queue that has the right to most of the cluster. */
  async #preempt(tag: string, file: string): Promise<number> {
    await this.#yarn.running(tag, 3);
    const sleeper = join(file, '..', '..', 'sleep.py');
    const { id } = await this.#livy.batches.create({ file: sleeper, args: ['60'], queue: 'urgent', numExecutors: 5 });
    return id;
  }

  async #end(id: number): Promise<Batch> {
    for (;;) {
      const batch = await this.#livy.batches.get(id);
      if (ENDED.includes(batch.state)) return batch;
      await sleep(1_500);
    }
  }

  async #remains(batch: Batch): Promise<Partial<Meta> & { remains: Remains }> {
    const { log } = await this.#livy.batches.log(batch.id, { from: 0, size: -1 });
    const livy = ended(log.join('\n'));
    const appId = batch.appId ?? /application_\d+_\d+/.exec(livy)?.[0];
    if (appId === undefined) return { remains: { livy } };
    // An id is given out before anything is submitted under it.
    const known = await this.#yarn.ask<AppAnswer>(`/apps/${appId}`).catch(() => undefined);
    if (known === undefined) return { remains: { livy } };
    const { app } = known;
    const attempts = await this.#yarn.ask<AttemptsAnswer>(`/apps/${appId}/appattempts`);
    const containers = (attempts.appAttempts?.appAttempt ?? []).map(({ containerId }) => containerId).filter(Boolean);
    const last = containers.toSorted().at(-1);
    const read = (stream: string): Promise<string> =>
      readFile(join(this.instance.dir, 'yarn/nm-logs', appId, last ?? '', stream), 'utf8').catch(() => '');
    const { state, finalStatus } = app;
    return {
      state,
      finalStatus,
      attempts: containers.length,
      remains: {
        livy,
        yarn: ended(app.diagnostics),
        ...(last !== undefined && { stdout: await read('stdout'), stderr: await read('stderr') }),
      },
    };
  }
}

interface AppAnswer {
  readonly app: Readonly<Record<'state' | 'finalStatus' | 'diagnostics', string>>;
}
interface AttemptsAnswer {
  readonly appAttempts?: { readonly appAttempt?: readonly { readonly containerId: string }[] };
}

/** Makes an instance run another Spark than the one it has fetched. */
async function standIn(folder: string, spark: Spark) {
  const sparkSubmit = join(folder, 'spark-submit');
  await writeFile(
    sparkSubmit,
    `#!/bin/sh\nexport SPARK_HOME='${spark.home}'\nexec "$SPARK_HOME/bin/spark-submit" "$@"\n`,
  );
  await chmod(sparkSubmit, 0o755);
  return {
    sparkSubmit,
    sparkConf: {
      'spark.yarn.jars': `local:${spark.home}/jars/*`,
      'spark.pyspark.python': spark.python,
      'spark.driver.extraJavaOptions': quickJvm,
    },
    env: { PYSPARK_PYTHON: spark.python, PYSPARK_DRIVER_PYTHON: spark.python },
  };
}

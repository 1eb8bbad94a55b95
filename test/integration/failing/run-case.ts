import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { isLivywireError, type JobSpec, type Livywire } from '../../../src/index.js';
import { confOf, type FailingCase, type Means } from './case.js';
import { YarnRest } from './cluster.js';

/** Where the jobs are. Livy may run what is in livywire's own folder of jobs. */
const jobs = fileURLToPath(new URL('../../../jobs', import.meta.url));

/** What livywire said of a case. */
export interface Verdict {
  readonly kind: string;
  /** Of the diagnosis; absent where the run did not fail. */
  readonly code?: string;
  readonly title?: string;
  readonly seconds: number;
}

export interface Place {
  readonly lw: Livywire;
  /** Of the ResourceManager. */
  readonly yarnUrl?: string;
  readonly means: Means;
}

/** Runs a case through livywire's engine, as a user would, and whatever happens meanwhile. */
export async function runCase(one: FailingCase, { lw, yarnUrl, means }: Place): Promise<Verdict> {
  const start = performance.now();
  const seconds = (): number => Math.round((performance.now() - start) / 100) / 10;
  const tag = `case-${randomUUID()}`;
  const spec: JobSpec = {
    file: `${jobs}/failing/${one.job}`,
    ...(one.args && { args: one.args }),
    ...one.spec,
    conf: { ...confOf(one, means), 'spark.yarn.tags': tag },
  };
  const stage = new Stage(lw, yarnUrl);
  try {
    await stage.before(one);
    const run = await lw.submit(spec);
    await stage.meanwhile(one, tag);
    const outcome = await run.wait();
    if (outcome.kind !== 'failed') return { kind: outcome.kind, seconds: seconds() };
    const { code, title } = outcome.diagnosis;
    return { kind: 'failed', code, title, seconds: seconds() };
  } catch (error) {
    if (isLivywireError(error) && error.name === 'JobRefusedError') {
      return { kind: 'refused', title: error.message, seconds: seconds() };
    }
    throw error;
  } finally {
    await stage.clear();
  }
}

/** What is staged around a case. */
class Stage {
  readonly #lw: Livywire;
  readonly #yarn: YarnRest | undefined;
  readonly #others: { cancel(): Promise<unknown> }[] = [];

  constructor(lw: Livywire, yarnUrl: string | undefined) {
    this.#lw = lw;
    this.#yarn = yarnUrl === undefined ? undefined : new YarnRest(yarnUrl);
  }

  async before({ meanwhile, spec }: FailingCase): Promise<void> {
    if (meanwhile !== 'occupy') return;
    const tag = `sits-${randomUUID()}`;
    const sleeper = { file: `${jobs}/sleep.py`, args: ['300'], conf: { 'spark.yarn.tags': tag } };
    this.#others.push(await this.#lw.submit({ ...sleeper, ...(spec?.queue !== undefined && { queue: spec.queue }) }));
    await this.#yarn?.running(tag, 0);
  }

  async meanwhile({ meanwhile }: FailingCase, tag: string): Promise<void> {
    if (meanwhile === 'kill') await this.#yarn?.kill(await this.#yarn.running(tag));
    if (meanwhile !== 'preempt') return;
    await this.#yarn?.running(tag, 3);
    const urgent = { file: `${jobs}/sleep.py`, args: ['60'], queue: 'urgent', numExecutors: 5 };
    this.#others.push(await this.#lw.submit(urgent));
  }

  async clear(): Promise<void> {
    for (const other of this.#others) await other.cancel();
  }
}

/** Several at once; each case gets a promise of its own, so that a test can wait for just that one. */
export function runAll(
  list: readonly FailingCase[],
  atOnce: number,
  run: (one: FailingCase) => Promise<Verdict>,
): Map<FailingCase, Promise<Verdict>> {
  const lanes = Array.from({ length: atOnce }, () => Promise.resolve() as Promise<unknown>);
  return new Map(
    list.map((one, index) => {
      const lane = index % atOnce;
      const verdict = (lanes[lane] ?? Promise.resolve()).then(() => run(one));
      lanes[lane] = verdict.catch(() => undefined);
      return [one, verdict];
    }),
  );
}

/** One release of livywire as those after it meet it: its machine, what it had sent, and what it had written down. */
import { readdir, readFile } from 'node:fs/promises';
import type { RunRecord } from '../../../src/core/index.js';
import {
  createCancelHandler,
  createStatusHandler,
  createSubmitHandler,
  type RunAnswer,
} from '../../../src/lambda/index.js';
import { memoryLedger, type Script } from '../../../src/testing/index.js';
import { runSparkJob, type StateMachine } from '../../../src/workflow/index.js';
import { job, lambdaRig } from '../../lambda/rig.js';
import { Interpreter, type World } from '../interpreter.js';

const HOUR = 3_600_000;
const functions = { submit: 'submit', status: 'status', cancel: 'cancel' } as const;
type Called = keyof typeof functions;

/** A call of a function in the midst of an execution, and the ledger right before it. */
export interface Moment {
  readonly name: Called;
  readonly event: unknown;
  readonly answer?: RunAnswer;
  /** Milliseconds after the beginning. */
  readonly atMs: number;
  /** Absent before the first submit. */
  readonly record?: RunRecord;
}

export interface Release {
  readonly version: string;
  readonly definition: StateMachine;
  /** Of a job that takes an hour and succeeds; of one that fails; of one that is stopped because it takes too long. */
  readonly succeeds: readonly Moment[];
  readonly fails: readonly Moment[];
  readonly takesTooLong: readonly Moment[];
}

/** The records of a made-up Livy and its ledger have the same names, whoever makes them. */
const NAMESPACE = 'a-release';

/** The handlers as they are now, over a ledger and a Livy that may be in the midst of something. */
export async function handlersNow(script: Script, before?: Pick<Moment, 'record' | 'atMs'>) {
  const ledger = memoryLedger({ namespace: NAMESPACE });
  const rig = lambdaRig({ ledger, script: () => script });
  const record = before?.record;
  if (before && record) {
    await ledger.create(record);
    for (const { name } of record.attempts) await rig.backend.start({ spec: record.spec, name, tags: [name] });
    await rig.clock.sleep(before.atMs);
  }
  const handlers = {
    submit: createSubmitHandler(rig.options),
    status: createStatusHandler(rig.options),
    cancel: createCancelHandler(rig.options),
  };
  let calls = 0;
  const call = (name: Called, event: unknown): Promise<RunAnswer> =>
    handlers[name](event, rig.context(120, `request-${++calls}`)) as Promise<RunAnswer>;
  return { rig, ledger, call };
}

/** Runs a machine over the handlers as they are now, and keeps each call. */
export async function execute(definition: StateMachine, script: Script, input: object = {}) {
  const { rig, ledger, call } = await handlersNow(script);
  const startMs = rig.clock.now();
  const moments: Moment[] = [];
  const world: World = {
    get now() {
      return rig.clock.now();
    },
    wait: (ms) => rig.clock.sleep(ms),
    async invoke(name, event) {
      const records: RunRecord[] = [];
      for await (const one of ledger.list()) records.push(structuredClone(one));
      const [record] = records;
      const moment = { name: name as Called, event, atMs: rig.clock.now() - startMs, ...(record && { record }) };
      try {
        const answer = await call(name as Called, event);
        moments.push({ ...moment, answer });
        return answer;
      } catch (error) {
        moments.push(moment);
        throw error;
      }
    },
  };
  const execution = await new Interpreter(definition, world).run({ job, ...input });
  return { execution, moments, rig };
}

export const scripts = {
  succeeds: { afterMs: HOUR },
  fails: { outcome: 'failed', afterMs: HOUR },
  takesTooLong: { afterMs: 24 * HOUR },
} as const satisfies Record<string, Script>;

const few = (moments: readonly Moment[]): readonly Moment[] => {
  const middle = moments[Math.floor(moments.length / 2)];
  const [first, last] = [moments[0], moments.at(-1)];
  const cancels = moments.filter(({ name }) => name === 'cancel').slice(0, 1);
  return [first, middle, ...cancels, last].flatMap((one) => (one === undefined ? [] : [one]));
};

/** What this release leaves to those after it. */
export async function recordRelease(version: string): Promise<Release> {
  const definition = runSparkJob({ functions });
  const moments = async (name: keyof typeof scripts, input?: object): Promise<readonly Moment[]> =>
    few((await execute(definition, scripts[name], input)).moments);
  return {
    version,
    definition,
    succeeds: await moments('succeeds'),
    fails: await moments('fails'),
    takesTooLong: await moments('takesTooLong', { timeoutSeconds: 600 }),
  };
}

const folder = new URL('../../fixtures/releases/', import.meta.url);

export const releaseFile = (version: string): URL => new URL(`${version}.json`, folder);

/** Every release that was recorded. */
export async function releases(): Promise<readonly Release[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  return Promise.all(names.map(async (name) => JSON.parse(await readFile(new URL(name, folder), 'utf8')) as Release));
}

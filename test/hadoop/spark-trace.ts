import { readFileSync } from 'node:fs';
import type { ExecutionContext } from 'ava';
import { type Reply, serve, type Served } from './recorded.js';

/** One moment of a driver: what it answered within the same tenth of a second (scripts/record-progress.ts). */
export interface Moment {
  readonly atMs: number;
  readonly jobs: readonly unknown[];
  readonly active: readonly { readonly stageId: number; readonly name: string }[];
  readonly stages: readonly {
    readonly stageId: number;
    readonly status: string;
    readonly numTasks: number;
    readonly numCompleteTasks: number;
  }[];
  readonly executors: readonly unknown[];
  readonly sql: readonly unknown[];
}

const fixture = (name: string): string => readFileSync(new URL(`../fixtures/hadoop/${name}`, import.meta.url), 'utf8');

const traceOf = (name: string): readonly Moment[] => JSON.parse(fixture(`spark-${name}-trace.json`)) as Moment[];
export const hadoopAnswer = (name: string): Reply => JSON.parse(fixture(`${name}.json`)) as Reply;
export const hadoopBody = <T>(name: string): T => JSON.parse(hadoopAnswer(name).body) as T;
/** With what the History Server has of the end: the driver itself is gone a moment after its last stage. */
export const wholeTrace = (name: string): readonly Moment[] => [
  ...traceOf(name),
  {
    atMs: Infinity,
    jobs: hadoopBody(`spark-${name}-history-jobs`),
    active: [],
    stages: hadoopBody(`spark-${name}-history-stages`),
    executors: hadoopBody(`spark-${name}-history-allexecutors`),
    sql: [],
  },
];
export const hadoopText = fixture;

const json = (value: unknown): Reply => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(value),
});
const notFound: Reply = { status: 404, headers: {}, body: 'no data' };

export interface Driver extends Served {
  /** What the driver answers from now on; a whole answer in place of a moment stands for every question. */
  now: Moment | Reply;
}

/** A driver that answers out of a trace, at whatever path its API stands. */
export async function driver(t: ExecutionContext, first: Moment | Reply): Promise<Driver> {
  const state = { now: first };
  const served = await serve(t, 'The driver', (_method, { pathname, searchParams }) => {
    const moment = state.now;
    if ('status' in moment) return ['', moment];
    const what = pathname.replace(/^.*\/api\/v1\/applications/, '');
    const id = /\/stages\/(\d+)$/.exec(what)?.[1];
    if (id !== undefined) {
      const tries = moment.stages.filter(({ stageId }) => stageId === Number(id));
      return ['', tries.length > 0 ? json(tries) : notFound];
    }
    if (what.endsWith('/jobs')) return ['', json(moment.jobs)];
    if (what.endsWith('/stages')) return ['', json(searchParams.has('status') ? moment.active : moment.stages)];
    if (what.endsWith('/allexecutors')) return ['', json(moment.executors)];
    if (what.endsWith('/sql')) return ['', json(moment.sql.slice(Number(searchParams.get('offset'))))];
    return ['', json([{ id: 'local-1', attempts: [{ completed: false }] }])];
  });
  return Object.assign(state, served);
}

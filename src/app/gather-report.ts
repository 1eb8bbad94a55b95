import {
  type AppReport,
  type AttemptRecord,
  isFinal,
  type LogStream,
  type RunOutcome,
  type RunRecord,
  type RunRef,
  type RunStatus,
  VERSION,
} from '../core/index.js';
import { readEventLog, YarnHa, YarnRegistry } from '../hadoop/index.js';
import { createNetwork, Http, type Network } from '../http/index.js';
import { cleanReport, type ReportLog, type ReportLogItem, type RunReport } from '../report/index.js';
import { attemptIn, finishedOutcome, type KeptItem, LastLines, type Run } from '../run/index.js';
import type { GatherOptions } from './gather-options.js';
import { borne, gatherSpark, RETRIES, yarnUrlsOf } from './gather-spark.js';
import { openLedger } from './open-ledger.js';
import { networkOptions } from './settings-network.js';

/**
 * Everything that can be had about a run, from the ledger, Livy, YARN, Spark and the log. Whoever cannot be asked makes the report
 * poorer, and is named in `missing`; an end that is seen is written to the ledger, and one that is not explained yet is
 * explained, as by `status`.
 * @throws LedgerError; ConfigError for an event log that cannot be read
 */
export async function gatherReport(run: Run, options: GatherOptions): Promise<RunReport> {
  const { settings, signal, logger } = options;
  const ledger = openLedger(settings, logger);
  const missing: string[] = [];
  const bear = <T>(what: string, ask: () => Promise<T | undefined>) => borne(what, ask, missing, signal);
  const recordOf = async (): Promise<RunRecord | undefined> => (await ledger.get(run.ref.key))?.record;

  let record = run.ref.attempt > 0 ? await recordOf() : undefined;
  let attempt = attemptIn(record?.attempts ?? [], run.ref);
  let outcome = finishedOutcome(attempt);
  let status: RunStatus | undefined;
  if (outcome === undefined || outcome.kind === 'lost') {
    status = await bear('how it is now', () => run.status({ ...(signal && { signal }) }));
    record = run.ref.attempt > 0 ? await recordOf() : undefined;
    attempt = attemptIn(record?.attempts ?? [], run.ref);
    outcome = attempt?.outcome ?? outcome;
    if (attempt?.unfinished) missing.push(UNEXPLAINED);
    // What livywire never started is in no ledger.
    if (outcome === undefined && status && isFinal(status))
      outcome = await bear('how it ended', () => endOf(run, signal));
  }
  const ref = outcome?.ref ?? run.ref;
  const network = createNetwork(networkOptions(settings));
  try {
    const [app, spark, log] = await Promise.all([
      bear("YARN's word about it", () => askYarn(ref, options, network, missing)),
      options.withSpark || options.eventLog !== undefined
        ? gatherSpark(ref, options, network, missing, { outcome, status })
        : undefined,
      options.logTail ? bear('the log', () => readLog(run, options.logTail ?? 0, missing, signal)) : undefined,
    ]);
    return cleanReport({
      ...reportHead(options.now, ref.key),
      ref,
      ...(record && { spec: record.spec }),
      attempts: (record?.attempts ?? []).map(attemptFacts),
      ...(outcome && { outcome }),
      ...(status && { status }),
      ...(app && { app }),
      ...(spark && { spark }),
      ...(log && { log }),
      missing: [...missing, ...(spark?.missing ?? []).map((what) => `of Spark's facts: ${what}`)],
    });
  } finally {
    network.close();
  }
}

/** A report of nothing but an event log, for which no server and no ledger is asked. @throws ConfigError */
export async function reportOfEventLog(
  path: string,
  { now, signal }: Pick<GatherOptions, 'now' | 'signal'>,
): Promise<RunReport> {
  const spark = await readEventLog(path, signal && { signal });
  return cleanReport({
    ...reportHead(now, spark.appId === '' ? path : spark.appId),
    attempts: [],
    spark,
    missing: [
      'how it ended: an event log does not say; name the run to have it',
      'the log: no run was named',
      ...spark.missing.map((what) => `of Spark's facts: ${what}`),
    ],
  });
}

const UNEXPLAINED =
  'why it ended so, and what Spark counted: only that it ended was written down, and nobody could be asked for the rest now';

const reportHead = (now: number, title: string) =>
  ({ v: 1, kind: 'report', madeAt: new Date(now).toISOString(), madeBy: VERSION, title }) as const;

const attemptFacts = ({ attempt, name, phase, createdAt, id, appId, note, posts, outcome }: AttemptRecord) => ({
  attempt,
  name,
  phase,
  createdAt,
  ...(id !== undefined && { id }),
  ...(appId !== undefined && { appId }),
  ...(note !== undefined && { note }),
  posts: posts.length,
  ...(outcome && { outcome: outcome.kind }),
});

const END_TIMEOUT_MS = 60_000;
const endOf = (run: Run, signal: AbortSignal | undefined): Promise<RunOutcome> =>
  run.wait({ timeoutMs: END_TIMEOUT_MS, ...(signal && { signal }) });

async function askYarn(
  { appId }: RunRef,
  { settings, signal, logger }: GatherOptions,
  network: Network,
  missing: string[],
): Promise<Omit<AppReport, 'tags'> | undefined> {
  const { yarnUser } = settings;
  const urls = yarnUrlsOf(settings);
  if (urls.length === 0 || appId === undefined) return undefined;
  const https = urls.map(
    (baseUrl) => new Http({ baseUrl, service: 'YARN', network, retries: RETRIES, ...(logger && { logger }) }),
  );
  const who = yarnUser !== undefined && { user: yarnUser };
  const [http, ...others] = https;
  const yarn = others.length === 0 && http ? new YarnRegistry({ http, ...who }) : new YarnHa({ https, ...who });
  const found = await yarn.byId(appId, signal && { signal });
  if (found === undefined) {
    missing.push(`YARN's word about it: YARN has no record of ${appId} any more`);
    return undefined;
  }
  const { tags: _tags, ...app } = found;
  return app;
}

async function readLog(run: Run, tail: number, missing: string[], signal: AbortSignal | undefined): Promise<ReportLog> {
  const last = new LastLines(tail);
  for await (const event of run.logs({ tail, ...(signal && { signal }) })) {
    signal?.throwIfAborted();
    if (event.type === 'notice') missing.push(`of the log: ${event.text}`);
    if (event.type === 'line' || event.type === 'gap') last.add(event);
  }
  return { tail, isCut: STREAMS.some((stream) => last.isCut(stream)), items: last.items().map(reported) };
}

const STREAMS = ['stdout', 'stderr', 'yarn'] as const satisfies readonly LogStream[];

const reported = (item: KeptItem): ReportLogItem =>
  item.type === 'line'
    ? { type: 'line', stream: item.stream, text: item.text }
    : { type: 'gap', stream: item.stream, reason: item.reason, ...(item.lines !== undefined && { lines: item.lines }) };

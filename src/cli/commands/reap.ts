import {
  type Livywire,
  openLedger,
  parseDuration,
  type Run,
  type Settings,
  settingsElsewhere,
  sweepLedger,
} from '../../app/index.js';
import {
  type AttemptRecord,
  clusterOfEndpoint,
  ConfigError,
  isFinal,
  isInFlight,
  isLivywireError,
  type Ledger,
  type LivywireError,
  openRecords,
  type RunOutcome,
  type RunRecord,
  type RunStatus,
  type StopState,
} from '../../core/index.js';
import { type Context, defineCommand } from '../define.js';
import { codeOfError, codeOfSignal, exitCodes } from '../exit-code.js';
import { confirm, Interrupted } from '../interrupts.js';
import { stopWords } from '../left.js';
import { connectionOptions, durationOf, outputOptions } from '../options.js';
import { idWord, lastOf, paintState, plain, recordState, since, table } from '../show.js';

const AT_ONCE = 8;

/** One run that has not ended in the ledger, and what the servers say of it. */
interface Open {
  readonly record: RunRecord;
  readonly attempt: AttemptRecord;
  run?: Run;
  /** `open`: it goes on, or nobody can say. `over`: its end is in the ledger now. `left`: not ours to touch. */
  standing: 'open' | 'over' | 'left';
  /** In a word or two, for people. */
  seen: string;
  /** As the servers said it, where one did and it is not over. */
  state?: RunStatus['state'];
  /** How far the cancel came. */
  stop?: StopState;
  outcome?: RunOutcome;
  error?: LivywireError;
}

/** How long an end is watched that the servers do not agree on, whose output is still looked for, or a request that may have come to nothing: a minute of that proves it. */
const UNCLEAR_MS = 75_000;
/** An old run would be read twice in that time, and an end takes three readings that agree. */
const UNCLEAR_PAUSE_MS = 5_000;

export const reapCommand = defineCommand({
  name: 'reap',
  positionals: '',
  describe: 'List the runs of the ledger that have not ended, ask the servers about each, and stop them if wanted.',
  details: [
    '',
    'Whoever sees the end of a run writes it down. A run whose watcher went away stays open in the ledger:',
    'reap writes down the ends that came since. Nobody knows whether somebody still watches a run that goes on;',
    '--older-than leaves out the young ones.',
    '--cancel stops what goes on, and settles what nobody has a record of (cancelled, or lost).',
  ],
  examples: [
    ['livywire reap --older-than 24h', 'what was left behind'],
    ['livywire reap --older-than 24h --cancel --yes', 'and stop it, from cron'],
  ],
  options: {
    'older-than': { type: 'string', describe: 'Only runs submitted longer ago than this, as in 24h', group: 'Which' },
    cancel: { type: 'boolean', describe: 'Stop those that have not ended', group: 'Stopping' },
    yes: { type: 'boolean', alias: 'y', describe: 'Do not ask first', group: 'Stopping' },
    timeout: {
      type: 'string',
      describe: 'How long to wait for the proof that one stopped (default 3m)',
      group: 'Stopping',
    },
    ...connectionOptions,
    ...outputOptions,
  },
  async run(args, context) {
    const { out, io, signal } = context;
    const olderMs = args['older-than'] === undefined ? 0 : parseDuration(args['older-than'], '--older-than');
    const timeoutMs = durationOf(args.timeout, '--timeout');
    const canAsk = io.stdin.isTTY && io.stderr.isTTY;
    if (args.cancel && !args.yes && !canAsk) {
      throw new ConfigError('--cancel asks before it stops anything, and there is no terminal to ask at; give --yes', {
        field: '--cancel',
      });
    }
    const settings = await context.settings();
    const swept = await sweepLedger(settings, io.clock.now());
    if (swept > 0)
      out.note(`removed what killed writers left in the ledger: ${swept} ${swept === 1 ? 'draft' : 'drafts'}`);
    const ledger = openLedger(settings);
    const open = await openRuns(context, ledger, io.clock.now() - olderMs);
    const servers = new Servers(settings, context);
    await each(open, (one) => look(one, { servers, ledger }, context));
    const stoppable = open.filter(({ standing }) => standing === 'open');
    show(open, context);
    if (args.cancel && stoppable.length > 0) {
      const question = `Stop ${stoppable.length === 1 ? 'this run' : `these ${stoppable.length} runs`}?`;
      if (args.yes || (await confirm(io, out, question, signal))) {
        await each(stoppable, (one) => stop(one, context, timeoutMs));
        show(stoppable, context);
      }
    }
    const why: unknown = signal.reason;
    const by = signal.aborted && why instanceof Interrupted ? why.signal : undefined;
    out.document({ v: 1, kind: 'reap', ...(signal.aborted && { reason: 'signal' }), runs: open.map(summary) });
    if (by !== undefined) return codeOfSignal(by);
    return Math.max(
      exitCodes.succeeded,
      ...open.map(({ error }) => (error ? codeOfError(error) : exitCodes.succeeded)),
    );
  },
});

async function openRuns({ signal }: Context, ledger: Ledger, before: number): Promise<Open[]> {
  const open: Open[] = [];
  for await (const record of openRecords(ledger)) {
    signal.throwIfAborted();
    const attempt = lastOf(record);
    if (!attempt || !isInFlight(record) || Date.parse(attempt.createdAt) > before) continue;
    open.push({ record, attempt, standing: 'open', seen: recordState(attempt) });
  }
  return open;
}

/** One connection for each server that runs were started on. */
class Servers {
  readonly #settings: Settings;
  readonly #context: Context;
  readonly #known = new Map<string, Promise<Livywire>>();
  constructor(settings: Settings, context: Context) {
    this.#settings = settings;
    this.#context = context;
  }

  /** `undefined` where settings name another server: what they say of one cluster is not for the next. */
  at(endpoint: string): Promise<Livywire> | undefined {
    const { url, cluster } = this.#settings;
    if (url !== undefined && new URL(url).href !== new URL(endpoint).href) return undefined;
    const isNamed =
      url !== undefined || (cluster !== undefined && clusterOfEndpoint(endpoint)?.id === cluster.selector);
    const settings = isNamed ? this.#settings : settingsElsewhere(this.#settings, endpoint).settings;
    const known = this.#known.get(endpoint) ?? this.#context.connect(settings, { believeWatcher: false });
    this.#known.set(endpoint, known);
    return known;
  }
}

interface Sources {
  readonly servers: Servers;
  readonly ledger: Ledger;
}

async function look(one: Open, { servers, ledger }: Sources, { io, signal }: Context): Promise<void> {
  const { attempt, record } = one;
  const { claim } = attempt;
  if (claim && Date.parse(claim.leaseUntil) > io.clock.now()) {
    one.standing = 'left';
    one.seen = `being submitted by process ${claim.pid} on ${plain(claim.host)}`;
    return;
  }
  try {
    const livywire = await servers.at(attempt.endpoint);
    if (!livywire) {
      one.standing = 'left';
      one.seen = `not asked: it is at ${plain(attempt.endpoint)}`;
      return;
    }
    one.run = await livywire.find(record.key, { signal });
    const status = await one.run.status({ signal });
    if (status.unclear !== undefined) await settle(one.run, signal);
    one.state = status.state;
    one.seen = status.state;
    const end = lastOf((await ledger.get(record.key))?.record ?? record)?.outcome;
    if (end) over(one, end, attempt.outcome ? 'explained now' : 'written down now');
    else if (isFinal(status)) one.seen = `${status.state}, but the ledger could not be written`;
  } catch (error) {
    signal.throwIfAborted();
    if (!isLivywireError(error)) throw error;
    if (error.code === 'RUN_UNSENT') one.seen = attempt.posts.length === 0 ? 'never sent' : 'sent, and never started';
    else if (error.code === 'RUN_NOT_FOUND') one.seen = 'no server has a record';
    else failed(one, error);
  }
}

/** What is not known by then goes on, as far as anybody can tell. */
async function settle(run: Run, signal: AbortSignal): Promise<void> {
  try {
    await run.wait({ signal, timeoutMs: UNCLEAR_MS, maxDelayMs: UNCLEAR_PAUSE_MS });
  } catch (error) {
    signal.throwIfAborted();
    if (!isLivywireError(error) || error.code !== 'WAIT_TIMEOUT') throw error;
  }
}

function over(one: Open, outcome: RunOutcome, how?: string): void {
  one.standing = 'over';
  one.outcome = outcome;
  delete one.state;
  delete one.stop;
  one.seen = how === undefined ? outcome.kind : `${outcome.kind}, ${how}`;
  delete one.error;
}

function failed(one: Open, error: LivywireError): void {
  one.error = error;
  one.seen = plain(error.message);
}

/** Interrupted, it says of each run how far it came: silence would be taken for runs that stopped. */
async function stop(one: Open, { signal }: Context, timeoutMs: number | undefined): Promise<void> {
  if (!one.run) return;
  one.stop = 'unsent';
  if (signal.aborted) {
    one.seen = `${one.seen}, not asked to stop`;
    return;
  }
  const onStop = (to: StopState): void => void (one.stop = to);
  try {
    over(one, await one.run.cancel({ signal, onStop, ...(timeoutMs !== undefined && { timeoutMs }) }));
  } catch (error) {
    if (signal.aborted) one.seen = stopWords[one.stop];
    else if (isLivywireError(error)) failed(one, error);
    else throw error;
  }
}

async function each(all: readonly Open[], act: (one: Open) => Promise<void>): Promise<void> {
  for (let i = 0; i < all.length; i += AT_ONCE) await Promise.all(all.slice(i, i + AT_ONCE).map(act));
}

function show(open: readonly Open[], { out, io }: Context): void {
  const rows = open.map(({ record, attempt, seen, run }) => [
    plain(record.key),
    since(attempt.createdAt, io.clock.now()),
    run?.ref.appId ?? attempt.appId ?? (attempt.id === undefined ? '' : idWord(attempt.id)),
    seen,
  ]);
  if (rows.length === 0) return out.note('nothing is left open in the ledger');
  const [head = '', ...body] = table([['KEY', 'AGE', 'ID', 'STATE'], ...rows]);
  out.result(out.paint.dim(head), ...body.map((line, i) => paintState(rows[i]?.[3] ?? '', line, out.paint)));
}

const summary = ({ record, attempt, run, standing, state, stop, outcome, error }: Open): Record<string, unknown> => ({
  key: record.key,
  attempt: attempt.attempt,
  createdAt: attempt.createdAt,
  endpoint: attempt.endpoint,
  standing,
  ...(state !== undefined && { state }),
  ...(stop !== undefined && { stop }),
  ...(run && { ref: run.ref }),
  ...(outcome && { outcome }),
  ...(error && { error: { code: error.code, message: error.message } }),
});

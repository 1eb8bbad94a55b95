import {
  type AttemptRecord,
  type Backend,
  ConfigError,
  isLivywireError,
  type JobSpec,
  KeyConflictError,
  LedgerConflictError,
  type LedgerEntry,
  type LivywireError,
  redactSpec,
  type RunRecord,
  type RunRef,
  SubmitBusyError,
  SubmitUnknownError,
} from '../core/index.js';
import { ClaimHolder, claimIsFree, ClaimLostError } from './claims.js';
import { checkOptions } from './check-options.js';
import { decide, mayBeNew, nothingWasSent, type Submission } from './decide.js';
import type { EngineDeps } from './deps.js';
import { attemptName, checkKey, randomKey, specHash, specTag } from './names.js';
import type { SubmitOptions } from './options.js';
import { lastAttempt, refOf, withLast } from './records.js';
import { Starter } from './start.js';

const OTHERS_PAUSE_MS = 500;
const DEFAULT_DEADLINE_MS = 600_000;
const NO_NEW_ONE = { retryOf: undefined, attempt: undefined };

export interface Submitted {
  readonly record: RunRecord;
  readonly attempt: AttemptRecord;
  readonly how: 'started' | 'adopted';
}

/** Looks whether the last attempt of a record has ended, and writes that down. */
export type Refresh = (record: RunRecord, signal?: AbortSignal) => Promise<void>;

/** Hands a job to the backend exactly once per key and attempt. */
export async function submit(
  deps: EngineDeps,
  refresh: Refresh,
  spec: JobSpec,
  options: SubmitOptions = {},
): Promise<Submitted> {
  const { backend, clock, ledger } = deps;
  const { signal, deadlineMs = DEFAULT_DEADLINE_MS } = options;
  checkOptions(options);
  const key = options.key ?? randomKey();
  checkKey(key);
  backend.check(spec);
  const want = submissionOf(deps, spec, options);
  const [namespace, by] = await Promise.all([ledger.namespace(), deps.actor?.()]);
  const deadline = clock.now() + deadlineMs;
  const holder = new ClaimHolder(deps);
  let inBackground: Promise<void> | undefined;
  /** What may run although we were kept from finding out. */
  let inDoubt: RunRef | undefined;
  const at = () => new Date(clock.now()).toISOString();
  const newAttempt = (number: number): AttemptRecord => ({
    attempt: number,
    name: attemptName(namespace, key, number),
    phase: 'claimed',
    createdAt: at(),
    backend: backend.kind,
    endpoint: backend.endpoint,
    claim: holder.claim(),
    ...(by && { by }),
    ...codeOf(want),
    posts: [],
    ...(want.output !== undefined && { output: { path: want.output } }),
  });

  // Asks for a new attempt until there is one: whatever becomes of that, a cancel included, is the answer.
  let wish: Pick<Submission, 'retryOf' | 'attempt'> = { retryOf: want.retryOf, attempt: want.attempt };
  let isFinished = false;
  /** `false` when somebody else was faster. */
  const claim = async (write: () => Promise<LedgerEntry>): Promise<boolean> => {
    try {
      holder.hold(await write());
      wish = NO_NEW_ONE;
      return true;
    } catch (error) {
      if (error instanceof LedgerConflictError) return false;
      throw error;
    }
  };
  const drive = async (isFresh: boolean): Promise<Submitted | undefined> => {
    const plan = { spec, name: holder.attempt.name, tags: [holder.attempt.name, specTag(want.hash)] };
    const starter = new Starter(deps, holder, plan, { deadline, signal, forceResend: options.forceResend ?? false });
    try {
      // Under a random key nobody can have been before us.
      const how = await starter.run({ askFirst: !(isFresh && options.key === undefined) });
      return { record: holder.record, attempt: holder.attempt, how };
    } catch (error) {
      inDoubt = starter.inDoubt ? refOf(key, holder.attempt) : undefined;
      if (error instanceof ClaimLostError) return undefined; // look again what became of it
      if (starter.inFlight) inBackground = starter.finishAlone(starter.inFlight);
      else await holder.abandon();
      throw error;
    }
  };

  try {
    for (;;) {
      signal?.throwIfAborted();
      const entry = await ledger.get(key);
      if (!entry) {
        await checkInputs(deps, options);
        const record: RunRecord = {
          v: 1,
          key,
          specHash: want.hash,
          spec: redactSpec(spec),
          createdAt: at(),
          updatedAt: at(),
          attempts: [newAttempt(1)],
        };
        const done = (await claim(() => ledger.create(record))) && (await drive(true));
        if (done) return done;
        continue;
      }
      const { record, version } = entry;
      const last = lastAttempt(record);
      // Before the next one begins, a second application of this one is looked for, and whether the place is gone for good
      // where it was lost: once, then it is what it is.
      const isElsewhere = last.endpoint !== backend.endpoint;
      const mayBeSettled = isElsewhere && last.outcome?.kind === 'lost' && want.settles?.(last.endpoint) === true;
      const wanted = { ...want, ...wish };
      if (mayBeNew(record, wanted) && ((last.unfinished && !isElsewhere) || mayBeSettled) && !isFinished) {
        isFinished = true;
        await refresh(record, signal);
        continue;
      }
      const decision = decide(record, wanted, (other) => claimIsFree(other, deps));
      switch (decision.kind) {
        case 'adopt':
          return { record, attempt: last, how: 'adopted' };
        case 'look':
          await refresh(record, signal);
          if (lastAttempt((await ledger.get(key))?.record ?? record).phase !== 'ended') wish = NO_NEW_ONE;
          break;
        case 'next-attempt': {
          await checkInputs(deps, options);
          const attempts = [...record.attempts, newAttempt(last.attempt + 1)];
          const next = { ...record, specHash: want.hash, spec: redactSpec(spec), attempts, updatedAt: at() };
          const done = (await claim(() => ledger.update(next, version))) && (await drive(false));
          if (done) return done;
          break;
        }
        case 'take-over': {
          const taken = withLast(record, { claim: holder.claim() }, at());
          const done =
            (await claim(() => ledger.update(asSubmitted(taken, want, backend), version))) && (await drive(false));
          if (done) return done;
          break;
        }
        case 'wait':
          wish = NO_NEW_ONE; // one is being sent
          if (decision.claim.owner === holder.owner) {
            // Our own: the ledger did what it said it did not, or somebody added to the record meanwhile.
            holder.hold(entry);
            const done = await drive(false);
            if (done) return done;
            break;
          }
          if (clock.now() >= deadline) throw busy(decision.claim.host, decision.claim.pid, key);
          await clock.sleep(OTHERS_PAUSE_MS, signal);
      }
    }
  } catch (error) {
    throw inDoubt && error !== signal?.reason && hidesTheDoubt(error)
      ? new SubmitUnknownError(inDoubt, error.message, { cause: error })
      : error;
  } finally {
    // A request under way keeps the claim until its answer is written down.
    if (!inBackground) holder.release();
  }
}

/** What a submit wants, as the ledger is compared with it. @throws ConfigError for an output that cannot be checked */
export const submissionOf = (
  { backend, markers, sources }: Pick<EngineDeps, 'backend' | 'markers' | 'sources'>,
  spec: JobSpec,
  { retryOf, attempt, output, codeSha256 }: SubmitOptions,
): Submission => ({
  spec,
  hash: specHash(spec),
  endpoint: backend.endpoint,
  retryOf,
  attempt,
  settles: (endpoint) => sources.some((source) => source.settles?.(endpoint) === true),
  output: output === undefined ? undefined : markers.accept(output),
  codeSha256,
});

/** Before anything is written or sent, and before anything is brought to where a job can read it. */
export async function checkInputs(
  { backend, inputs: check }: EngineDeps,
  { inputs, signal }: SubmitOptions,
): Promise<void> {
  if (backend.closed !== undefined) throw new ConfigError(backend.closed, { field: '--cluster' });
  if (inputs !== undefined && inputs.length > 0) await check?.(inputs, signal && { signal });
}

const codeOf = ({ codeSha256 }: Submission) => (codeSha256 === undefined ? {} : { codeSha256 });

/** What nobody has sent yet is sent as this submit wants it. */
function asSubmitted(record: RunRecord, want: Submission, { kind }: Backend): RunRecord {
  const { spec, hash, endpoint, output } = want;
  const last = lastAttempt(record);
  if (!nothingWasSent(last)) return record;
  const { output: _old, codeSha256: _code, ...rest } = last;
  const wanted = {
    ...rest,
    endpoint,
    backend: kind,
    ...codeOf(want),
    ...(output !== undefined && { output: { path: output } }),
  };
  return { ...record, attempts: [...record.attempts.slice(0, -1), wanted], specHash: hash, spec: redactSpec(spec) };
}

/** A ledger that fails or a token that ran out reads as "nothing was started", and says nothing about the request before it. */
const hidesTheDoubt = (error: unknown): error is LivywireError =>
  isLivywireError(error) &&
  !(error instanceof SubmitUnknownError || error instanceof SubmitBusyError || error instanceof KeyConflictError);

const busy = (host: string, pid: number, key: string): SubmitBusyError =>
  new SubmitBusyError(
    `Process ${pid} on ${host} is submitting ${JSON.stringify(key)} and was not done in time; submit with the same key to go on`,
  );

import { type AttemptRecord, RunNotFoundError, type RunRef, type RunStatus } from '../core/index.js';
import type { EngineDeps } from './deps.js';
import { appIdPattern, attemptNamePattern, livyIdPattern } from './names.js';
import { knownFrom, lastAttempt, refOf } from './records.js';

/**
 * Finds a run by what a person typed: an application id, `livy:<id>`, a Livy name, else a key. The four look
 * different, so nothing is guessed. The ledger is asked first, then the servers, which may know runs that
 * livywire never started.
 * @throws RunNotFoundError
 */
export async function findRun(deps: EngineDeps, run: string, signal?: AbortSignal): Promise<RunRef> {
  const { backend, ledger } = deps;
  const options = signal && { signal };
  const livyId = livyIdPattern.exec(run)?.[1];

  if (appIdPattern.test(run)) {
    const ref =
      (await inLedger(deps, (attempt) => attempt.appId === run)) ??
      (await inList(deps, (status) => status.appId === run, signal));
    if (ref) return ref;
    const app = await deps.registry?.byId(run, options);
    // Not under its name at YARN: a batch that happens to have it is another job.
    if (app) return strange(deps, run, { appId: run });
    throw new RunNotFoundError(`No run with application id ${run}: not in the ledger, not in ${backend.kind}'s list`);
  }
  if (livyId !== undefined) {
    // Ids are reused, so the newest one in the ledger is only believed where the server's name agrees.
    const status = await inList(deps, (s) => s.id === livyId, signal);
    if (status) return status;
    throw new RunNotFoundError(
      `Livy has no batch ${livyId} now; finished ones are forgotten after a while, ask by key`,
    );
  }
  if (attemptNamePattern.test(run)) {
    const ref = await inLedger(deps, (attempt) => attempt.name === run);
    if (ref) return ref;
    const status = await backend.find(run, options);
    if (status) return strange(deps, run, status);
    throw new RunNotFoundError(`No run with the name ${run}: not in the ledger, not at ${backend.kind}`);
  }
  const entry = await ledger.get(run);
  if (entry) return refOf(run, lastAttempt(entry.record));
  throw new RunNotFoundError(
    `No run with the key ${JSON.stringify(run)} in the ledger; a batch is asked for as livy:<id>, an application by its id`,
  );
}

async function inLedger({ ledger }: EngineDeps, is: (attempt: AttemptRecord) => boolean): Promise<RunRef | undefined> {
  for await (const record of ledger.list()) {
    const attempt = record.attempts.find(is);
    if (attempt) return refOf(record.key, attempt);
  }
  return undefined;
}

async function inList(
  deps: EngineDeps,
  is: (status: RunStatus) => boolean,
  signal?: AbortSignal,
): Promise<RunRef | undefined> {
  for await (const status of deps.backend.list(signal && { signal })) {
    if (!is(status)) continue;
    const known = await inLedger(deps, (attempt) => attempt.name === status.name);
    return known ? { ...known, ...knownFrom(status) } : strange(deps, `livy:${status.id ?? ''}`, status);
  }
  return undefined;
}

/** A ref to something that is not in our ledger. Attempt 0: not one of ours. An empty name: it has none. */
function strange(
  { backend, clock }: EngineDeps,
  key: string,
  status: { readonly id?: string | undefined; readonly name?: string; readonly appId?: string },
): RunRef {
  return {
    v: 1,
    key,
    attempt: 0,
    backend: backend.kind,
    endpoint: backend.endpoint,
    name: status.name ?? '',
    ...(status.id !== undefined && { id: status.id }),
    ...(status.appId !== undefined && { appId: status.appId }),
    createdAt: new Date(clock.now()).toISOString(),
  };
}

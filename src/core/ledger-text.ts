import { LedgerError } from './errors.js';
import type { AttemptRecord, RunRecord, RunSummary } from './ledger-port.js';

// What every ledger that keeps text does alike, wherever it keeps it.

function parse(place: string, text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new LedgerError(`The ledger's file ${place} is not JSON; it was written by something else`, { cause: error });
  }
  const fields: Record<string, unknown> = typeof value === 'object' && value !== null ? { ...value } : {};
  if (typeof fields.v === 'number' && fields.v > 1) {
    throw new LedgerError(`The ledger's file ${place} has v: ${fields.v}; a newer livywire wrote it`);
  }
  return fields;
}

/** A record out of its text. @throws LedgerError that names the place */
export function recordFromText(place: string, text: string): RunRecord {
  const fields = parse(place, text);
  const { v, key, attempts } = fields;
  if (v !== 1 || typeof key !== 'string' || !Array.isArray(attempts) || attempts.length === 0) {
    throw new LedgerError(`The ledger's file ${place} holds no record of a run; it was written by something else`);
  }
  return fields as unknown as RunRecord;
}

/** A ledger without its name must not pass for another: every key would be a new run. @throws LedgerError */
export function namespaceFromText(place: string, text: string): string {
  const { namespace } = parse(place, text);
  if (typeof namespace === 'string' && namespace !== '') return namespace;
  throw new LedgerError(`The ledger's file ${place} holds no namespace; it was written by something else`);
}

export const namespaceText = (namespace: string): string => `${JSON.stringify({ v: 1, namespace })}\n`;

/** Over for the lists: it ended, or it was refused and nothing runs. */
export const isOver = ({ phase }: AttemptRecord): boolean => phase === 'ended' || phase === 'refused';

/** Whether it has ended, for all that is known of it, and somebody is still to be told. */
export const owesWord = ({ outcome, unfinished, listeners = [] }: AttemptRecord): boolean =>
  outcome !== undefined && unfinished === undefined && listeners.some(({ told }) => told === undefined);

/** Whether something is still to be found out about a run: it is not over, or nobody has explained its end. */
export const isInFlight = ({ attempts }: Pick<RunRecord, 'attempts'>): boolean => {
  const last = attempts.at(-1);
  return last !== undefined && (!isOver(last) || last.unfinished !== undefined);
};

/** Whether something is still to be done about it: it is in flight, or somebody has not been told of its end. */
export const isOpen = ({ attempts }: RunRecord): boolean => isInFlight({ attempts }) || attempts.some(owesWord);

/** An attempt that may be shown: who has the token of a task can complete it. */
export function withoutTokens(attempt: AttemptRecord): AttemptRecord {
  if (!attempt.listeners) return attempt;
  return { ...attempt, listeners: attempt.listeners.map(({ token: _token, ...listener }) => listener) };
}

/**
 * When something last happened to a run: its end, whatever was added to the record after it; else the last write. ISO 8601.
 */
export function lastAtOf({ updatedAt, attempts }: RunRecord): string {
  const last = attempts.at(-1);
  return last && isOver(last) ? (last.outcome?.knownAt ?? last.createdAt) : updatedAt;
}

/** The order of lists. */
export const newestFirst = (
  a: { readonly lastAt: string; readonly key: string },
  b: { readonly lastAt: string; readonly key: string },
): number => (a.lastAt < b.lastAt ? 1 : a.lastAt > b.lastAt ? -1 : a.key < b.key ? -1 : 1);

/** As a list of records gives them: those to which something happened since, newest first, as many as wanted. */
export function listed(
  records: readonly RunRecord[],
  { since, limit = Infinity }: { readonly since?: Date; readonly limit?: number } = {},
): RunRecord[] {
  const from = since?.toISOString() ?? '';
  return records
    .map((record) => ({ record, lastAt: lastAtOf(record), key: record.key }))
    .filter(({ lastAt }) => lastAt >= from)
    .sort(newestFirst)
    .slice(0, limit)
    .map(({ record }) => record);
}

/** A staged file has an address that says little to people: it is called by its last name. */
const fileName = (file: string, sha256: string | undefined): string =>
  sha256 !== undefined && file.includes(`/${sha256}/`) ? file.slice(file.lastIndexOf('/') + 1) : file;

/** What a list shows of a record. */
export function summaryOf(record: RunRecord): RunSummary {
  const { key, createdAt, spec, attempts } = record;
  const last = attempts.at(-1);
  const { phase = 'claimed', outcome } = last ?? {};
  return {
    key,
    createdAt,
    lastAt: lastAtOf(record),
    attempt: last?.attempt ?? 0,
    state: outcome?.kind ?? (phase === 'ended' ? 'lost' : phase),
    ...(last?.id !== undefined && { id: last.id }),
    ...(last?.appId !== undefined && { appId: last.appId }),
    label: spec.name ?? fileName(spec.file, last?.codeSha256),
    ...(last?.by && { who: last.by.who }),
  };
}

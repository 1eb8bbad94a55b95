import {
  type AttemptRecord,
  type Claim,
  type JobSpec,
  KeyConflictError,
  pathLists,
  redactSpec,
  type RunRecord,
} from '../core/index.js';
import { lastAttempt } from './records.js';

export interface Submission {
  readonly spec: JobSpec;
  readonly hash: string;
  /** As the ledger keeps it. */
  readonly output?: string | undefined;
  readonly endpoint: string;
  readonly retryOf: 'failed' | 'lost' | undefined;
  /** The highest attempt that may be started. */
  readonly attempt?: number | undefined;
  /** Whether somebody can be asked how a run ended that was started elsewhere: EMR, of a cluster that is gone. */
  readonly settles?: ((endpoint: string) => boolean) | undefined;
  /** For the record; decides nothing. */
  readonly codeSha256?: string | undefined;
}

/** What a submit has to do about a key that is in the ledger already. */
export type Decision =
  /** Running or ended: this run is the answer, nothing is sent. */
  | { readonly kind: 'adopt' }
  /** A new attempt is wanted, but whether the last one ended is not in the ledger yet. */
  | { readonly kind: 'look' }
  /** Claim attempt n + 1. */
  | { readonly kind: 'next-attempt' }
  /** Nobody is at work on the last attempt (any more): go on with it. */
  | { readonly kind: 'take-over' }
  /** Somebody else is at work on it. */
  | { readonly kind: 'wait'; readonly claim: Claim };

/** @throws KeyConflictError when the key belongs to another job */
export function decide(record: RunRecord, want: Submission, ownerIsGone: (claim: Claim) => boolean): Decision {
  const last = lastAttempt(record);
  const isFree = last.claim === undefined || ownerIsGone(last.claim);
  const differences = conflicts(record, want);
  const conflict = () => new KeyConflictError(record.key, differences);

  if (nothingWasSent(last)) {
    if (last.phase !== 'refused' && !isFree && last.claim) {
      if (differences.length > 0) throw conflict();
      return { kind: 'wait', claim: last.claim };
    }
    // Nothing runs under its name, so spec and endpoint may be corrected.
    checkLostElsewhere(record, want);
    return { kind: last.phase === 'refused' ? 'next-attempt' : 'take-over' };
  }

  const kind = last.outcome?.kind;
  const wantsNew =
    mayBeNew(record, want) &&
    (kind === 'failed' || kind === 'cancelled' || (kind === 'lost' && want.retryOf !== 'failed'));
  if (wantsNew) {
    checkLostElsewhere(record, want);
    return { kind: 'next-attempt' };
  }
  // Only the server that has it can tell whether it ended; or EMR, where that server is gone for good.
  const mayComeToANewAttempt = mayBeNew(record, want) && last.phase === 'started';
  const canBeAsked = last.endpoint === want.endpoint || want.settles?.(last.endpoint) === true;
  if (mayComeToANewAttempt && canBeAsked) return { kind: 'look' };
  if (differences.length > 0) throw conflict();
  if (last.phase === 'started' || last.phase === 'ended') return { kind: 'adopt' };
  return isFree || !last.claim ? { kind: 'take-over' } : { kind: 'wait', claim: last.claim };
}

/** Whether another attempt is asked for, should the last one have ended not well. */
export const mayBeNew = ({ attempts }: RunRecord, { retryOf, attempt }: Submission): boolean =>
  attempt === undefined ? retryOf !== undefined : attempts.filter(({ phase }) => phase !== 'refused').length < attempt;

/** Refused, or claimed and left before the first request. */
export const nothingWasSent = ({ phase, posts }: AttemptRecord): boolean =>
  phase === 'refused' || (phase === 'claimed' && posts.length === 0);

/** A lost attempt may still run where it was started: a new one elsewhere would be a second application. */
function checkLostElsewhere(record: RunRecord, want: Submission): void {
  const sent = record.attempts.findLast((attempt) => !nothingWasSent(attempt));
  if (sent?.outcome?.kind === 'lost' && sent.endpoint !== want.endpoint) {
    throw new KeyConflictError(record.key, [
      `endpoint: attempt ${sent.attempt} was lost at ${sent.endpoint} and may still run there, ${want.endpoint} here`,
    ]);
  }
}

/** One line per difference, redacted. Empty when the submission is the run's own. */
function conflicts(record: RunRecord, want: Submission): string[] {
  const lines: string[] = [];
  const { endpoint, output } = lastAttempt(record);
  if (endpoint !== want.endpoint) lines.push(`endpoint: ${endpoint} there, ${want.endpoint} here`);
  if (output?.path !== want.output) {
    lines.push(`output: ${output?.path ?? 'not set'} there, ${want.output ?? 'not set'} here`);
  }
  if (record.specHash !== want.hash) lines.push(...specDifferences(record.spec, redactSpec(want.spec)));
  return lines;
}

function specDifferences(there: JobSpec, here: JobSpec): string[] {
  const flat = ({ name: _label, conf = {}, ...spec }: JobSpec): Map<string, string> => {
    const fields = Object.entries(spec).filter(([, value]) => value !== undefined);
    const settings = Object.entries(conf).map(
      ([key, value]) => [`conf[${JSON.stringify(key)}]`, String(value)] as const,
    );
    return new Map([...fields.map(([key, value]) => [key, JSON.stringify(value)] as const), ...settings]);
  };
  const [a, b] = [flat(withoutShared(there, here)), flat(withoutShared(here, there))];
  const lines = [...new Set([...a.keys(), ...b.keys()])]
    .filter((field) => a.get(field) !== b.get(field))
    .map((field) => `${field}: ${difference(a.get(field), b.get(field))}`);
  return lines.length > 0 ? lines : ['a redacted value differs'];
}

/** Addresses of staged files: the checksum of their bytes, and their name. */
const STAGED = /\/([0-9a-f]{64})\/([^/",#]+)/g;

/** Nobody compares two checksums by eye: where nothing else differs, the files that have other bytes. */
function difference(there = 'not set', here = 'not set'): string {
  const [before, now] = [there, here].map((text) => [...text.matchAll(STAGED)]);
  if (there.replace(STAGED, '/$2') !== here.replace(STAGED, '/$2')) return `${there} there, ${here} here`;
  const names = now?.flatMap(([whole, , name = ''], i) => (whole === before?.[i]?.[0] ? [] : [name])) ?? [];
  return `${names.join(', ')} ${names.length === 1 ? 'has' : 'have'} other bytes`;
}

/** Of two lists of paths that differ, what is only in one: among thirty jars that is the one that counts. */
function withoutShared(spec: JobSpec, other: JobSpec): JobSpec {
  const own = pathLists.flatMap((field) => {
    const [mine, theirs] = [spec[field], other[field]];
    const left = mine?.filter((path) => theirs?.includes(path) !== true);
    // The same paths in another order are shown whole.
    return left && theirs && !(left.length === 0 && mine?.length === theirs.length) ? [[field, left] as const] : [];
  });
  return { ...spec, ...Object.fromEntries(own) };
}

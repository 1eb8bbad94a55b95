import { amend } from '../../app/index.js';
import { LedgerError, type Listener, type RunOutcome, type RunRef } from '../../core/index.js';
import type { Invocation } from '../invocation.js';
import type { SubmitRequest } from '../payload.js';
import { busOf } from './bus.js';

/** Who is to be told of the end of a run that was just submitted. */
export function listenersOf(
  call: Pick<Invocation, 'env' | 'clock'>,
  { taskToken: token, timeoutSeconds }: Pick<SubmitRequest, 'taskToken' | 'timeoutSeconds'>,
  { createdAt }: RunRef,
  events: number,
): readonly Listener[] {
  const at = new Date(call.clock.now()).toISOString();
  const until = timeoutSeconds !== undefined && new Date(Date.parse(createdAt) + timeoutSeconds * 1_000).toISOString();
  return [
    ...(busOf(call) === undefined ? [] : [{ kind: 'event-bus', at } as const]),
    ...(token === undefined ? [] : [{ kind: 'task', at, token, events, ...(until && { until }) } as const]),
  ];
}

/**
 * Writes down with an attempt who is to be told of its end. Resolves with the end where it has come already and nobody will
 * tell of it any more: it is for the caller to tell. @throws LedgerError
 */
export async function keepListeners(
  call: Pick<Invocation, 'services' | 'clock' | 'telemetry'>,
  ref: RunRef,
  wanted: readonly Listener[],
): Promise<RunOutcome | undefined> {
  if (wanted.length === 0) return undefined;
  const { ledger } = await call.services();
  const kept = await amend({ ledger, clock: call.clock, logger: call.telemetry.logger }, ref, (attempt) => {
    if (attempt.outcome && attempt.unfinished === undefined) return {};
    const standing = attempt.listeners ?? [];
    const isThere = (one: Listener): boolean =>
      standing.some(({ kind, token }) => kind === one.kind && (kind === 'event-bus' || token === one.token));
    const missing = wanted.filter((one) => !isThere(one));
    return missing.length === 0 ? {} : { listeners: [...standing, ...missing] };
  });
  if (!kept) throw new LedgerError(`Who is to be told how ${JSON.stringify(ref.key)} ends could not be written down`);
  return kept.unfinished === undefined ? kept.outcome : undefined;
}

import { amend } from '../../app/index.js';
import { type AttemptRecord, type Listener, owesWord, type RunOutcome, type RunRecord } from '../../core/index.js';
import type { RunAnswer } from '../answer.js';
import type { Beats } from '../beats.js';
import type { Invocation } from '../invocation.js';
import type { Services } from '../services.js';
import { doneAnswer } from '../short.js';
import { clean } from '../thrown.js';
import { busOf } from './bus.js';
import { errorOfOutcome } from './error-of-outcome.js';
import { eventOf } from './run-event.js';

const DAY_MS = 86_400_000;
/** An execution may be a year old at most, so that no task waits longer. */
const TASK_WAITS_MS = 366 * DAY_MS;
/** A bus that takes nothing for so long is not there, or not ours to write to. */
const BUS_WAITS_MS = 14 * DAY_MS;

/** Of what a listener was told, or `undefined` where it is still owed a word. */
type Word = Listener['told'];

/**
 * Tells everybody who waits for the end of an attempt of this run, where it has come; what could not be told stays owed, and is told
 * by the next watch. Whoever is told twice sees it: a token counts once, an event has its id. Never rejects.
 */
export async function tellEnds(call: Invocation, services: Services, key: string): Promise<void> {
  try {
    const record = (await services.ledger.get(key))?.record;
    for (const attempt of record?.attempts.filter(owesWord) ?? []) await tellEnd(call, services, key, attempt);
  } catch (error) {
    call.telemetry.log('WARN', `who is to be told could not be read: ${clean(error).message}`, { key });
  }
}

async function tellEnd(call: Invocation, services: Services, key: string, attempt: AttemptRecord): Promise<void> {
  const { outcome, listeners = [] } = attempt;
  if (!outcome) return;
  const told = new Map<string, NonNullable<Word>>();
  for (const listener of listeners) {
    if (listener.told !== undefined) continue;
    const word = await attempted(call, key, () => tell(call, services, listener, outcome));
    if (word) told.set(idOf(listener), word);
    else if (isHopeless(call, listener, outcome)) {
      call.telemetry.log('WARN', `nobody could be told how a run ended, and it is not tried any more`, { key });
      told.set(idOf(listener), 'untold');
    }
  }
  await note(call, services, { key, attempt }, told);
}

/** What can never be told would be owed, and its run open, for ever. */
const isHopeless = ({ clock }: Invocation, { kind, at }: Listener, { knownAt }: RunOutcome): boolean =>
  kind === 'task' ? clock.now() - Date.parse(at) > TASK_WAITS_MS : clock.now() - Date.parse(knownAt) > BUS_WAITS_MS;

async function tell(
  call: Invocation,
  { messenger }: Services,
  { kind, token, events = 0 }: Listener,
  outcome: RunOutcome,
): Promise<Word> {
  const options = { signal: call.signal };
  if (kind === 'event-bus') {
    const bus = busOf(call);
    if (bus === undefined) return 'gone';
    await messenger?.publish(eventOf(outcome, bus), options);
    return messenger && outcome.kind;
  }
  if (token === undefined) return 'gone';
  if (!messenger) return undefined;
  let said;
  if (outcome.kind === 'succeeded') said = await messenger.succeed(token, doneAnswer(outcome, events), options);
  else {
    const { name, message } = errorOfOutcome(outcome, false);
    said = await messenger.fail(token, { error: name, cause: message }, options);
  }
  return said === 'gone' ? 'gone' : outcome.kind;
}

/**
 * To the tasks that wait for a run which goes on: that it does, or that it takes too long, and the machine is to cancel it. Where
 * nobody can see it nothing is said: a machine that hears nothing looks for itself, and may say that it is undecided. Never rejects.
 */
export async function tellGoingOn(
  call: Invocation,
  services: Services,
  record: RunRecord,
  beats: Pick<Beats, 'hasSeen'>,
): Promise<void> {
  const { messenger } = services;
  const attempt = record.attempts.at(-1);
  const waiting = attempt?.listeners?.filter(({ token, told }) => token !== undefined && told === undefined) ?? [];
  if (!messenger || !attempt || attempt.outcome || waiting.length === 0) return;
  const told = new Map<string, NonNullable<Word>>();
  for (const listener of waiting) {
    const { token = '', until, events = 0 } = listener;
    const word = await attempted(call, record.key, async () => {
      const options = { signal: call.signal };
      const isLate = until !== undefined && call.clock.now() > Date.parse(until);
      if (!isLate && !beats.hasSeen(attempt)) return undefined;
      if (!isLate) return (await messenger.beat(token, options)) === 'gone' ? 'gone' : undefined;
      const why = 'it is older than its limit';
      const answer = { v: 1, next: 'cancel', timedOut: true, reason: why, events } satisfies RunAnswer;
      return (await messenger.succeed(token, answer, options)) === 'gone' ? 'gone' : 'late';
    });
    if (word) told.set(idOf(listener), word);
  }
  await note(call, services, { key: record.key, attempt }, told);
}

const idOf = ({ kind, token = '' }: Listener): string => `${kind} ${token}`;

async function attempted(call: Invocation, key: string, work: () => Promise<Word>): Promise<Word> {
  try {
    return await work();
  } catch (error) {
    const { name, message } = clean(error);
    call.telemetry.log('WARN', `somebody could not be told how a run is: ${message}`, { key, error: { name } });
    return undefined;
  }
}

/** That they were told; a token that was used is of no use to anybody. */
async function note(
  { clock, telemetry }: Invocation,
  { ledger }: Services,
  { key, attempt }: { readonly key: string; readonly attempt: AttemptRecord },
  told: ReadonlyMap<string, NonNullable<Word>>,
): Promise<void> {
  if (told.size === 0) return;
  const toldAt = new Date(clock.now()).toISOString();
  const marked = (listener: Listener): Listener => {
    const word = listener.told === undefined ? told.get(idOf(listener)) : undefined;
    if (word === undefined) return listener;
    const { token: _token, ...rest } = listener;
    return { ...rest, told: word, toldAt };
  };
  const { attempt: number, name } = attempt;
  await amend(
    { ledger, clock, logger: telemetry.logger },
    { key, attempt: number, name },
    ({ listeners = [] }) => ({ listeners: listeners.map(marked) }),
    { anyAttempt: true },
  );
}

import { randomUUID } from 'node:crypto';
import { isLivywireError, type LivywireError, systemClock, UnreachableError } from '../core/index.js';
import { type CreateSession, type LivyClient, readFailure, type Session } from '../livy/index.js';
import { deadError } from './dead.js';
import { SessionConflictError, SessionUnknownError } from './errors.js';
import { closeRule, type SessionOptions } from './options.js';
import { Pace } from './pace.js';
import { closeSeat, findSeat, isOver, isReady, readSeat, type Seat } from './seat.js';

/** How often a request for a session is sent whose answer is lost each time. */
const MOST_REQUESTS = 3;
/** How often the name is looked for before that. */
const LOOKS = 3;
const HEARTBEAT_S = 600;

export interface OpenedSeat {
  readonly seat: Seat;
  readonly view: Session;
  /** By this call. */
  readonly created: boolean;
}

/** The fields of a request for a session that its caller chooses. */
const FIELDS = [
  'proxyUser',
  'jars',
  'pyFiles',
  'files',
  'archives',
  'driverMemory',
  'driverCores',
  'executorMemory',
  'executorCores',
  'numExecutors',
  'queue',
  'conf',
  'ttl',
  'idleTimeout',
] as const satisfies readonly (keyof CreateSession)[];

const givenOf = (options: SessionOptions) => FIELDS.filter((field) => options[field] !== undefined);

/** What is asked of Livy. */
function bodyOf(options: SessionOptions, name: string): CreateSession {
  const { kind = 'pyspark' } = options;
  const { heartbeatTimeoutInSecond = closeRule(options) === 'never' ? undefined : HEARTBEAT_S } = options;
  return {
    kind,
    name,
    ...(heartbeatTimeoutInSecond !== undefined && { heartbeatTimeoutInSecond }),
    ...Object.fromEntries(givenOf(options).map((field) => [field, options[field]])),
  };
}

/**
 * The session of that name, ready for statements: found, or made.
 * @throws SessionDeadError, SessionConflictError, SessionUnknownError, and what the client throws
 */
export async function openSeat(livys: readonly LivyClient[], options: SessionOptions): Promise<OpenedSeat> {
  const { ifDead = 'throw', onNote, signal } = options;
  const name = options.name ?? `livywire-${randomUUID()}`;
  const call = signal && { signal };
  for (let isRemade = false; ;) {
    const { found, livy } = await lookFor(livys, name, options);
    if (found) checkOurs(found.view, name, options);
    const { seat, created } = found ? { seat: found.seat, created: false } : await create(livy, name, options);
    try {
      const view = await untilReady(seat, options);
      if (view === 'leaving') continue;
      if (view && isReady(view)) return { seat, view, created };
      const error = await deadError(seat, view, call);
      if (created || ifDead === 'throw' || isRemade) throw error;
      onNote?.(`${error.message}; it is made anew`);
      await closeSeat(seat, call);
      isRemade = true;
    } catch (error) {
      // What is not handed over is nobody's to close.
      if (created && closeRule(options) !== 'never') await closeSeat(seat).catch(() => undefined);
      throw error;
    }
  }
}

/** Of several Livys the one that has it; else the first that answers. @throws the first one's error where none does */
async function lookFor(livys: readonly LivyClient[], name: string, { name: given, signal }: SessionOptions) {
  let first: LivyClient | undefined;
  let trouble: unknown;
  const [only] = livys;
  // A name that was made up a moment ago is nowhere.
  if (given === undefined && only && livys.length === 1) return { found: undefined, livy: only };
  for (const livy of livys) {
    try {
      const found = await findSeat(livy, name, signal && { signal });
      if (found) return { found, livy };
      first ??= livy;
    } catch (error) {
      if (!(error instanceof UnreachableError) || livys.length === 1) throw error;
      trouble ??= error;
    }
  }
  if (!first) throw trouble;
  return { found: undefined, livy: first };
}

/** @throws SessionConflictError */
function checkOurs(view: Session, name: string, options: SessionOptions): void {
  const { proxyUser, onNote } = options;
  if (proxyUser !== undefined && view.proxyUser !== undefined && view.proxyUser !== proxyUser) {
    throw new SessionConflictError(
      `Session ${name} runs as ${view.proxyUser}, not as ${proxyUser}; choose another name`,
    );
  }
  const fields = givenOf(options).filter((field) => field !== 'proxyUser');
  if (fields.length > 0 && isReady(view)) {
    onNote?.(`session ${name} is there already: ${fields.join(', ')} of this call change nothing in it`);
  }
}

/** Waits through `starting` and whatever else is neither ready nor over. `leaving`: it shuts down, and its name will be free. */
async function untilReady(seat: Seat, options: SessionOptions): Promise<Session | undefined | 'leaving'> {
  const { clock = systemClock, onState, signal } = options;
  const pace = new Pace(clock, 'session');
  for (let last = '', isLeaving = false; ;) {
    const view = await readSeat(seat, signal && { signal });
    if (!view) return isLeaving ? 'leaving' : undefined;
    if (view.state !== last) onState?.(view.state, { name: seat.name, id: seat.id });
    last = view.state;
    isLeaving = view.state === 'shutting_down';
    if (isReady(view) || isOver(view)) return view;
    await pace.pause(signal);
  }
}

/** One session of this name: Livy refuses a second, so a request whose answer was lost may be sent again. */
async function create(
  livy: LivyClient,
  name: string,
  options: SessionOptions,
): Promise<{ readonly seat: Seat; readonly created: boolean }> {
  const { clock = systemClock, onNote, signal } = options;
  const pace = new Pace(clock, 'session');
  for (let lost = 0; ;) {
    signal?.throwIfAborted();
    let failure: LivywireError;
    try {
      // Without the signal: half a request is one whose fate nobody knows.
      const { id } = await livy.sessions.create(bodyOf(options, name));
      return { seat: await addressed(livy, name, id), created: true };
    } catch (error) {
      if (!isLivywireError(error)) throw error;
      failure = error;
    }
    const answer = readFailure(failure, livy.url);
    if (answer.kind === 'busy') {
      onNote?.(`Livy makes no more sessions at the moment (${answer.message}); waiting`);
      await clock.sleep(answer.retryAfterMs ?? 5_000, signal);
      continue;
    }
    if (answer.kind !== 'unknown' && answer.kind !== 'duplicate') throw failure;
    if (answer.kind === 'unknown') onNote?.(`no answer to the request for session ${name}; looking for it by its name`);
    const found = await look(livy, name, pace, signal);
    if (found) return { seat: found, created: answer.kind === 'unknown' || lost > 0 };
    if (++lost >= MOST_REQUESTS) {
      throw new SessionUnknownError(
        `Livy did not say whether it took the request for session ${name}, and shows none of that name; ask again under the same name`,
        { cause: failure },
      );
    }
  }
}

async function look(livy: LivyClient, name: string, pace: Pace, signal: AbortSignal | undefined) {
  for (let i = 0; i < LOOKS; i++) {
    const found = await findSeat(livy, name, signal && { signal });
    if (found) return found.seat;
    await pace.pause(signal);
  }
  return undefined;
}

/** By its name where the server takes names, else by its id. */
async function addressed(livy: LivyClient, name: string, id: number): Promise<Seat> {
  const found = await findSeat(livy, name).catch(() => undefined);
  return found?.seat ?? { livy, name, id, key: name };
}

/** One key, gone on with until somebody has said how it ended, whatever becomes of the processes that ask. */
import { setTimeout as delay } from 'node:timers/promises';
import { type RunOrder, type Submitter, SubmitterKilled, type Submitters } from './submitters.js';

/** Who forces a request looks first whether anything comes of the old one, in milliseconds. */
const FORCED_AFTER_MS = 8_000;
/** Errors that livywire never throws on purpose: to go on after these would only take long. */
const CRASHES = 3;

/** What a client said of one attempt, and when. */
export interface Said {
  readonly attempt: number;
  readonly kind: string;
  readonly atMs: number;
  readonly evidence: readonly string[];
  readonly notes: readonly string[];
}

/** `--force-resend` was given for an attempt. */
export interface Forced {
  readonly attempt: number;
  readonly atMs: number;
  /** What the person was told before. */
  readonly told: string;
}

/** What came of one key. */
export interface Tale {
  readonly said: Said[];
  readonly errors: { readonly name: string; readonly message: string; readonly isOurs: boolean }[];
  /** Nobody answered in time. */
  isOpen: boolean;
  readonly forced: Forced[];
}
export const newTale = (): Tale => ({ said: [], errors: [], isOpen: true, forced: [] });

export interface Pursuit {
  readonly submitters: Submitters;
  readonly order: RunOrder;
  /** A new attempt is asked for after a failure, once. */
  readonly retries: boolean;
  /** Given up after so many milliseconds of real time. */
  readonly limitMs: number;
  /** So often `lost` is asked about again before it is the last word. */
  readonly lostTries: number;
  /** Whether a person who is told this has a request of unknown fate sent again. @defaultValue nobody does */
  readonly mayForce?: (told: string) => boolean;
}

export async function pursue(tale: Tale, first: Submitter, pursuit: Pursuit): Promise<void> {
  const { submitters, order, retries, limitMs, lostTries, mayForce = () => false } = pursuit;
  const limit = Date.now() + limitMs;
  let [submitter, retryOf, force] = [first, undefined as 'failed' | undefined, false];
  let [lost, crashes] = [0, 0];
  while (Date.now() < limit) {
    const word = await answerOf(submitter, { ...order, retryOf, forceResend: force });
    force = false; // for one request
    submitter = await submitters.pick(word === undefined ? submitter : undefined);
    if (word?.say === 'outcome') {
      const { kind, attempt, evidence, notes } = word;
      tale.said.push({ kind, attempt, evidence, notes, atMs: Date.now() });
      const wantsMore = kind === 'failed' && retries && attempt === 1;
      if (kind !== 'lost' && !wantsMore) return void (tale.isOpen = false);
      if (wantsMore) retryOf = 'failed';
      else if (++lost > lostTries) return void (tale.isOpen = false);
      else await delay(2_000);
    } else if (word) {
      const { name, message, fault, attempt = 1 } = word;
      const isOurs = fault !== 'service' && name !== 'WaitTimeoutError';
      tale.errors.push({ name, message, isOurs });
      if (fault === 'livywire' && ++crashes >= CRASHES) return;
      if (name === 'SubmitUnknownError' && mayForce(message)) {
        force = true;
        await delay(FORCED_AFTER_MS);
      }
      await delay(500);
      if (force) tale.forced.push({ attempt, atMs: Date.now(), told: message });
    }
  }
}

/** `undefined`: the process was killed. */
async function answerOf(submitter: Submitter, order: RunOrder) {
  try {
    return await submitter.run(order);
  } catch (error) {
    if (error instanceof SubmitterKilled) return undefined;
    throw error;
  }
}

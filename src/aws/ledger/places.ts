import { createHash } from 'node:crypto';
import { type AttemptRecord, type RunRecord, type RunSummary, summaryOf } from '../../core/index.js';

/** Names in S3 have 1,024 bytes at most; the prefix of a ledger takes its part. */
const LONGEST_NAME = 1_024;
const STATES: ReadonlySet<string> = new Set<RunSummary['state']>([
  'succeeded',
  'failed',
  'cancelled',
  'lost',
  'refused',
]);

/** What the name of an object under `ended/` tells by itself. */
export interface EndedName {
  readonly object: string;
  /** Of the key: the run's record stands under it. */
  readonly hash: string;
  /** Absent where the key was too long for a name: the record has it. */
  readonly summary?: RunSummary;
  readonly attempt: number;
  readonly createdAt: string;
}

/**
 * Where things stand under a ledger's prefix:
 *
 *     ledger.json                                   its namespace, written once
 *     runs/<2 hex>/<sha256 of the key>.json         the record of a run: the truth
 *     active/<sha256 of the key>.<attempt>          there while that attempt has not ended
 *     ended/day=<day>/<time>.<sha256>.<attempt>.<state>.<application>.<who>.<key>.<label>.json
 *                                                   written once for each attempt that ended, never changed or removed
 *
 * The day and the time are those of the run's beginning, so that names sort by it. Who, key and label are base64url.
 */
export class Places {
  readonly #prefix: string;

  constructor(prefix: string) {
    this.#prefix = prefix === '' ? '' : `${prefix}/`;
  }

  get namespace(): string {
    return `${this.#prefix}ledger.json`;
  }
  get active(): string {
    return `${this.#prefix}active/`;
  }
  get ended(): string {
    return `${this.#prefix}ended/`;
  }

  hashOf(key: string): string {
    return createHash('sha256').update(key).digest('hex');
  }

  record(hash: string): string {
    return `${this.#prefix}runs/${hash.slice(0, 2)}/${hash}.json`;
  }

  activeAttempt(hash: string, attempt: number): string {
    return `${this.active}${hash}.${attempt}`;
  }

  day(createdAt: string): string {
    return `${this.ended}day=${createdAt.slice(0, 10)}/`;
  }

  endedAttempt(record: RunRecord): string {
    const { key, createdAt, attempt, state, appId, label, who } = summaryOf(record);
    const time = createdAt.slice(11, 23).replace(/[:.]/g, '');
    const head = `${this.day(createdAt)}${time}.${this.hashOf(key)}.${attempt}.${state}.${appId ?? ''}`;
    const name = (...words: readonly string[]): string => `${head}.${words.map(encode).join('.')}.json`;
    const full = name(who ?? '', key, label.slice(-80));
    if (Buffer.byteLength(full) <= LONGEST_NAME) return full;
    const short = name(who ?? '', key, '');
    return Buffer.byteLength(short) <= LONGEST_NAME ? short : name(who?.slice(0, 64) ?? '', '', '');
  }

  /** `undefined` for what is none of ours. */
  readActive(object: string): { readonly hash: string } | undefined {
    const [, hash] = /^([0-9a-f]{64})\.\d+$/.exec(object.slice(this.active.length)) ?? [];
    return hash === undefined ? undefined : { hash };
  }

  /** `undefined` for what is none of ours. */
  readEnded(object: string): EndedName | undefined {
    const [, day, time = '', hash, digits, state = '', appId = '', who = '', key = '', label = ''] =
      /^day=(\d{4}-\d\d-\d\d)\/(\d{9})\.([0-9a-f]{64})\.(\d+)\.([a-z]+)\.(\w*)\.([\w-]*)\.([\w-]*)\.([\w-]*)\.json$/.exec(
        object.slice(this.ended.length),
      ) ?? [];
    if (day === undefined || hash === undefined || !isEndedState(state)) return undefined;
    const attempt = Number(digits);
    const createdAt = `${day}T${time.replace(/^(..)(..)(..)(...)$/, '$1:$2:$3.$4')}Z`;
    const named = { object, hash, attempt, createdAt };
    if (key === '') return named;
    const summary: RunSummary = {
      key: decode(key),
      createdAt,
      attempt,
      state,
      label: decode(label),
      ...(appId !== '' && { appId }),
      ...(who !== '' && { who: decode(who) }),
    };
    return { ...named, summary };
  }
}

const encode = (text: string): string => Buffer.from(text, 'utf8').toString('base64url');
const decode = (text: string): string => Buffer.from(text, 'base64url').toString('utf8');
const isEndedState = (state: string): state is RunSummary['state'] => STATES.has(state);

/** Over for the lists: it ended, or it was refused and nothing runs. */
export const isOver = ({ phase }: AttemptRecord): boolean => phase === 'ended' || phase === 'refused';

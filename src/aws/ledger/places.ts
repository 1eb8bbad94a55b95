import { createHash } from 'node:crypto';
import { type RunRecord, type RunSummary, summaryOf } from '../../core/index.js';

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
  /** When it ended. */
  readonly lastAt: string;
}

/**
 * Where things stand under a ledger's prefix:
 *
 *     ledger.json                                   its namespace, written once
 *     runs/<2 hex>/<sha256 of the key>.json         the record of a run: the truth
 *     active/<sha256 of the key>.<attempt>          there while that attempt has not ended, or its end is not explained
 *     ended/day=<day>/<time>.<begun>.<sha256>.<attempt>.<state>.<application>.<who>.<key>.<label>.json
 *                                                   written once for each attempt that ended, never changed or removed
 *
 * The day and the time are those of the attempt's end, so that names sort by it; `begun` is when the run was first
 * submitted. Who, key and label are base64url.
 */
export class Places {
  readonly #prefix: string;

  constructor(prefix: string) {
    this.#prefix = prefix === '' ? '' : `${prefix}/`;
  }

  get namespace(): string {
    return `${this.#prefix}ledger.json`;
  }
  get watcher(): string {
    return `${this.#prefix}watcher.json`;
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

  /** Of the last attempt of the record. */
  endedAttempt(record: RunRecord): string {
    const { key, createdAt, lastAt, attempt, state, appId, label, who } = summaryOf(record);
    const place = `${this.ended}day=${lastAt.slice(0, 10)}/${digitsOf(lastAt).slice(8)}.${digitsOf(createdAt)}`;
    const head = `${place}.${this.hashOf(key)}.${attempt}.${state}.${appId ?? ''}`;
    const name = (...words: readonly string[]): string => `${head}.${words.map(encode).join('.')}.json`;
    const full = name(who ?? '', key, label.slice(-80));
    if (Buffer.byteLength(full) <= LONGEST_NAME) return full;
    const short = name(who ?? '', key, '');
    return Buffer.byteLength(short) <= LONGEST_NAME ? short : name(who?.slice(0, 64) ?? '', '', '');
  }

  /** `undefined` for what is none of ours. */
  readActive(object: string): { readonly hash: string; readonly attempt: number } | undefined {
    const [, hash, attempt] = /^([0-9a-f]{64})\.(\d+)$/.exec(object.slice(this.active.length)) ?? [];
    return hash === undefined ? undefined : { hash, attempt: Number(attempt) };
  }

  /** `undefined` for what is none of ours. */
  readEnded(object: string): EndedName | undefined {
    const [, day = '', time = '', begun = '', hash, digits, state = '', appId = '', who = '', key = '', label = ''] =
      /^day=(\d{4}-\d\d-\d\d)\/(\d{9})\.(\d{17})\.([0-9a-f]{64})\.(\d+)\.([a-z]+)\.(\w*)\.([\w-]*)\.([\w-]*)\.([\w-]*)\.json$/.exec(
        object.slice(this.ended.length),
      ) ?? [];
    if (hash === undefined || !isEndedState(state)) return undefined;
    const attempt = Number(digits);
    const lastAt = timeOf(day.replaceAll('-', '') + time);
    const named = { object, hash, attempt, lastAt };
    if (key === '') return named;
    const summary: RunSummary = {
      key: decode(key),
      createdAt: timeOf(begun),
      lastAt,
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

/** `2026-01-31T10:20:30.456Z` as `20260131102030456`, and back. */
const digitsOf = (time: string): string => time.slice(0, 23).replace(/\D/g, '').padEnd(17, '0');
const timeOf = (digits: string): string => digits.replace(/^(....)(..)(..)(..)(..)(..)(...)$/, '$1-$2-$3T$4:$5:$6.$7Z');

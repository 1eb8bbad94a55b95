import { createHash, randomUUID } from 'node:crypto';
import { ConfigError, type JobSpec } from '../core/index.js';

const HASH_LENGTH = 32; // hex digits: 128 bits

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The name of one attempt at the backend, and its YARN tag. Lower case, because YARN lower-cases tags. */
export const attemptName = (namespace: string, key: string, attempt: number): string =>
  `livywire-${sha256(`${namespace}\0${key}`).slice(0, HASH_LENGTH)}-a${attempt}`;

export const specTagPrefix = 'livywire-spec-';

/** The second YARN tag: which spec an application was started from. */
export const specTag = (hash: string): string => `${specTagPrefix}${hash.slice(0, HASH_LENGTH)}`;

export const attemptNamePattern = /^livywire-[0-9a-f]{32}-a[1-9]\d*$/;
export const appIdPattern = /^application_\d+_\d+$/;
export const livyIdPattern = /^livy:(\d+)$/;

/** The spec as it counts for identity: the caller's own fields, sorted; the label is not one of them. */
function canonical(spec: JobSpec): string {
  const sorted = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(sorted);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).filter(([, v]) => v !== undefined);
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, v]) => [k, sorted(v)]));
  };
  const { name: _label, conf, ...rest } = spec;
  // Spark knows only strings: `1` and `"1"` are one setting.
  const texts = conf && Object.fromEntries(Object.entries(conf).map(([k, v]) => [k, String(v)]));
  return JSON.stringify(sorted({ ...rest, ...(texts && { conf: texts }) }));
}

/** SHA-256, hex. */
export const specHash = (spec: JobSpec): string => sha256(canonical(spec));

export const randomKey = (): string => randomUUID();

const LONGEST_KEY = 1_024;

/** Refuses keys that could be read as something else where a run is asked for. @throws ConfigError */
export function checkKey(key: string): void {
  const wrong = (why: string): never => {
    throw new ConfigError(`Key ${JSON.stringify(key.slice(0, 80))} ${why}`, { field: 'key' });
  };
  if (key.trim() === '') wrong('is empty');
  if (key.length > LONGEST_KEY) wrong(`is longer than ${LONGEST_KEY} characters`);
  if (/\p{Cc}/u.test(key)) wrong('holds control characters');
  if (livyIdPattern.test(key) || appIdPattern.test(key) || attemptNamePattern.test(key)) {
    wrong('reads like a batch id, an application id or a Livy name; choose another');
  }
}

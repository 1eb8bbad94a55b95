import { closestMatch } from 'leven';
import { ConfigError } from '../core/index.js';

/** Checks one value; `field` is its name as the caller knows it. @throws ConfigError */
export type Check = (value: unknown, field: string) => void;

export function wrong(field: string, problem: string): ConfigError {
  return new ConfigError(`${field} ${problem}`, { field });
}

const SHOWN = 80;

/** For a message: short, and only where the value can hold no secret. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}

const kindOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value);

export const text: Check = (value, field) => {
  if (typeof value !== 'string') throw wrong(field, `must be text, not ${kindOf(value)}`);
};

export const word: Check = (value, field) => {
  if (typeof value !== 'string') throw wrong(field, `must be text, not ${kindOf(value)}`);
  if (value.trim() === '') throw wrong(field, 'is empty');
};

/** Livy takes all digits for an id, so it refuses such a name; it refuses an empty one for the same reason. */
export const livyName: Check = (value, field) => {
  word(value, field);
  if (/^\d+$/.test(value as string)) {
    throw wrong(field, `is all digits (${shown(value)}), which Livy takes for an id; add a letter`);
  }
};

export const wholeNumber =
  (least: number): Check =>
  (value, field) => {
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= MAX_INT) return;
    const hint = typeof value === 'string' && /^\d+$/.test(value) ? `; write ${value} without quotes` : '';
    throw wrong(field, `must be a whole number of at least ${least}, not ${shown(value)}${hint}`);
  };
/** Livy reads a Java int. */
const MAX_INT = 2_147_483_647;

/** The JVM's way to write a size. A bare number would be bytes to the JVM and MiB to Spark: refused. */
export const size: Check = (value, field) => {
  if (typeof value === 'string' && /^0*[1-9]\d*[kmgt]b?$/i.test(value)) return;
  const digits = /^(\d+)(\.\d+)?\s*([kmgt]i?b?|bytes)?$/i.exec(String(value).trim());
  const hint =
    digits?.[2] !== undefined
      ? '; Spark takes no fractions, so write the next smaller unit (1536m for 1.5g)'
      : digits && Number(digits[1]) > 0
        ? `; did you mean "${digits[1]}${(digits[3]?.[0] ?? 'm').toLowerCase()}"?`
        : '';
  throw wrong(field, `must be a size with a unit, such as "4g" or "512m", not ${shown(value)}${hint}`);
};

/** A time with its unit, as Livy's `ttl` and `idleTimeout` have it. */
export const duration: Check = (value, field) => {
  if (typeof value === 'string' && /^[1-9]\d*(us|ms|s|m|min|h|d)$/i.test(value)) return;
  throw wrong(field, `must be a time with a unit, such as "30m" or "8h", not ${shown(value)}`);
};

/**
 * A path that Livy will take: it reads each as a java.net.URI, and refuses what is neither absolute nor has a scheme.
 * It would register the name all the same, so it is caught here.
 */
export const uri: Check = (value, field) => {
  word(value, field);
  const path = value as string;
  if (!path.startsWith('/') && !/^[a-z][a-z0-9+.-]+:/i.test(path)) {
    const drive = /^[a-z]:[\\/]/i.test(path);
    throw wrong(
      field,
      `is not absolute: ${shown(path)}. Livy needs a path that the cluster can read, such as "s3://bucket/${drive ? 'file' : path.replace(/^(\.{0,2}\/)+/, '')}" or "/path/on/the/default/file/system"`,
    );
  }
  const bad = /[\s<>"{}|\\^`[\]\p{Cc}]|%(?![0-9a-f]{2})|#.*#/iu.exec(path);
  if (bad) throw wrong(field, `has ${shown(bad[0])} in it, which no URI may have: ${shown(path)}`);
};

export const listOf =
  (check: Check): Check =>
  (value, field) => {
    if (!Array.isArray(value)) {
      const hint = typeof value === 'string' ? '; put it in [ ]' : '';
      throw wrong(field, `must be a list, not ${kindOf(value)}${hint}`);
    }
    value.forEach((one, i) => check(one, `${field}[${i}]`));
  };

export const oneOf =
  (known: readonly string[]): Check =>
  (value, field) => {
    if (typeof value === 'string' && known.includes(value)) return;
    const near = typeof value === 'string' ? closestMatch(value.toLowerCase(), known, { maxDistance: 2 }) : undefined;
    const hint = near === undefined ? `; known are ${known.join(', ')}` : `; did you mean "${near}"?`;
    throw wrong(field, `is ${shown(value)}, which Livy does not know${hint}`);
  };

/** Spark settings. Values are never shown. `prefixes`: what a key may start with, the usual one first. */
export const settings =
  (prefixes: readonly [string, ...string[]]): Check =>
  (value, field) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw wrong(field, `must be an object of settings, not ${kindOf(value)}`);
    }
    for (const [key, setting] of Object.entries(value)) {
      const where = `${field}[${JSON.stringify(key)}]`;
      if (/\s/.test(key)) throw wrong(where, 'has white space in its name');
      if (!prefixes.some((prefix) => key.startsWith(prefix) && key.length > prefix.length)) {
        throw wrong(
          where,
          `does not start with "${prefixes[0]}", so Spark would ignore it${rightKey(key, prefixes[0])}`,
        );
      }
      const isValue = typeof setting === 'string' || typeof setting === 'boolean' || Number.isFinite(setting);
      if (!isValue) throw wrong(where, `must be text, a number or a boolean, not ${kindOf(setting)}`);
    }
  };

/** `spak.foo` was meant to be `spark.foo`; `executor.memory` lacks its beginning. */
function rightKey(key: string, prefix: string): string {
  const dot = key.indexOf('.');
  if (dot < 1 || dot === key.length - 1) return '';
  const first = key.slice(0, dot).toLowerCase();
  const isTypo = closestMatch(first, [prefix.slice(0, -1)], { maxDistance: 2 }) !== undefined;
  return `; did you mean ${JSON.stringify(prefix + (isTypo ? key.slice(dot + 1) : key))}?`;
}

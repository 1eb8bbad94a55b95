import { LosslessNumber, plainJson } from './lossless.js';
import type { SqlType } from './sql-type.js';

/**
 * One value of a row. `long` is a bigint, `decimal` its digits as text (`'1.50'`), `date` text (`'2026-11-22'`: a day is no
 * moment), `timestamp` a Date, `binary` bytes, `map` a Map, `struct` an object by its fields' names.
 */
export type SqlValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Date
  | Uint8Array
  | readonly SqlValue[]
  | ReadonlyMap<SqlValue, SqlValue>
  | { readonly [field: string]: SqlValue };

/** Livy's word for a value, by its column's type. What does not look as the type promises is handed on as it came. */
export function readValue(type: SqlType, value: unknown): SqlValue {
  if (value === null || value === undefined) return null;
  const read = typeof type === 'string' ? readSimple(type, value) : readNested(type, value);
  return read === undefined ? (plainJson(value) as SqlValue) : read;
}

const digitsOf = (value: unknown): string | undefined =>
  typeof value === 'number' ? String(value) : value instanceof LosslessNumber ? value.value : undefined;

function readSimple(type: string, value: unknown): SqlValue | undefined {
  const digits = digitsOf(value);
  switch (type) {
    case 'byte':
    case 'short':
    case 'integer':
      return digits === undefined ? undefined : Number(digits);
    case 'long':
      return digits !== undefined && /^-?\d+$/.test(digits) ? BigInt(digits) : undefined;
    case 'float':
    case 'double':
      return digits === undefined ? readNoNumber(value) : Number(digits);
    case 'timestamp':
      return readTime(value);
    case 'binary':
      return readBytes(value);
    default: {
      const scale = /^decimal\(\d+,\s*(-?\d+)\)$/.exec(type)?.[1];
      return scale === undefined || digits === undefined ? undefined : decimalText(digits, Number(scale));
    }
  }
}

function readNested(type: Exclude<SqlType, string>, value: unknown): SqlValue | undefined {
  switch (type.type) {
    case 'array':
      return Array.isArray(value) ? value.map((one) => readValue(type.elementType, one)) : undefined;
    case 'map':
      if (typeof value !== 'object' || Array.isArray(value)) return undefined;
      return new Map(
        Object.entries(value as object).map(([key, one]) => [
          readKey(type.keyType, key),
          readValue(type.valueType, one),
        ]),
      );
    case 'struct': {
      // Livy 0.9 writes a struct within a row as Spark's Row: its schema once more, and the values in their order.
      const { values } = value as { readonly values?: unknown };
      if (!Array.isArray(values)) return undefined;
      return Object.fromEntries(type.fields.map((field, i) => [field.name, readValue(field.type, values[i])]));
    }
  }
}

/** JSON's keys are text, whatever the map's are. */
function readKey(type: SqlType, key: string): SqlValue {
  if (type === 'boolean') return key === 'true';
  const isNumber = /^-?\d+(\.\d+)?(E-?\d+)?$/i.test(key);
  return isNumber && type !== 'string' ? readValue(type, new LosslessNumber(key)) : key;
}

/** JSON has no word for these; Jackson writes them as text. */
function readNoNumber(value: unknown): number | undefined {
  return value === 'NaN' || value === 'Infinity' || value === '-Infinity' ? Number(value) : undefined;
}

function readTime(value: unknown): Date | undefined {
  const time = typeof value === 'string' && /^[+-]?\d{4,}-\d\d-\d\dT/.test(value) ? Date.parse(value) : NaN;
  return Number.isNaN(time) ? undefined : new Date(time);
}

/** Java's bytes have a sign. */
function readBytes(value: unknown): Uint8Array | undefined {
  if (!Array.isArray(value)) return undefined;
  const bytes = value.map((one) => (typeof one === 'number' && one >= -128 && one <= 255 ? one & 0xff : undefined));
  return bytes.every((one) => one !== undefined) ? Uint8Array.from(bytes) : undefined;
}

/** `15E-1` with a scale of 2 is `1.50`: every digit kept, none made up. Text that is no number stays as it is. */
export function decimalText(digits: string, scale: number): string {
  const parts = /^(-?)(\d+)(?:\.(\d+))?(?:E([+-]?\d+))?$/i.exec(digits);
  if (!parts) return digits;
  const [, sign = '', whole = '', fraction = '', power = '0'] = parts;
  // The number is `all` with a point so many digits from its right end.
  let all = whole + fraction;
  let places = fraction.length - Number(power);
  if (places < 0) [all, places] = [all + '0'.repeat(-places), 0];
  if (places < scale) [all, places] = [all + '0'.repeat(scale - places), scale];
  all = all.padStart(places + 1, '0');
  const before = all.slice(0, all.length - places).replace(/^0+(?=\d)/, '');
  const text = places === 0 ? before : `${before}.${all.slice(-places)}`;
  return /[1-9]/.test(text) ? sign + text : text;
}

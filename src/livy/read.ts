import { BadAnswerError, redactText } from '../core/index.js';

// Written out by hand: status reads run thousands of times a second, and Livy's answers have a dozen shallow fields.

const SHOWN = 500;

/** An answer that cannot be what Livy's API promises. `what` says what was expected. */
export function badAnswer(what: string, answer: unknown): BadAnswerError {
  const text = typeof answer === 'string' ? answer : (JSON.stringify(answer) ?? String(answer));
  return new BadAnswerError(`Livy's answer is not ${what}`, redactText(text).slice(0, SHOWN));
}

export type Fields = Readonly<Record<string, unknown>>;

/** @throws BadAnswerError */
export function fieldsOf(answer: unknown, what: string): Fields {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) throw badAnswer(what, answer);
  return answer as Fields;
}

/** A missing or null field is `undefined`; a number or boolean where Livy has a string is taken as text. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** A number, also where a server wrote it as a string. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
}

const NONE: readonly never[] = [];

/** Null (Fabric, Synapse) and missing (older servers) are an empty list. */
export function textsOf(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return NONE;
  return value.every((one) => typeof one === 'string') ? value : value.map((one) => textOf(one) ?? '');
}

/** @throws BadAnswerError */
export function idOf(fields: Fields, what: string): number {
  const id = numberOf(fields.id);
  if (id === undefined || !Number.isSafeInteger(id)) throw badAnswer(what, fields);
  return id;
}

/** @throws BadAnswerError */
export function stateOf(fields: Fields, what: string): string {
  if (typeof fields.state !== 'string' || fields.state === '') throw badAnswer(what, fields);
  return fields.state;
}

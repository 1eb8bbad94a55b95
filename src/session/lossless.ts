import { LosslessNumber, parse } from 'lossless-json';

/** Kept as its digits: beyond 2^53, and every fraction, for 1.50 is no 1.5 where it is a decimal. */
export { LosslessNumber };

const isSafe = (text: string): boolean => /^-?\d{1,15}$/.test(text) && text !== '-0';

/** As JSON.parse, but a number that it would round, or of which the digits matter, stays a {@link LosslessNumber}. */
export const parseLossless = (text: string): unknown =>
  parse(text, undefined, {
    parseNumber: (digits) => (isSafe(digits) ? Number(digits) : new LosslessNumber(digits)),
    onDuplicateKey: ({ newValue }) => newValue, // as JSON.parse does
  });

/** Numbers where a number holds them, bigints where it does not; the rest as it is. */
export function plainJson(value: unknown): unknown {
  if (value instanceof LosslessNumber) return plainNumber(value.value);
  if (Array.isArray(value)) return value.map(plainJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plainJson(one)]));
}

function plainNumber(digits: string): number | bigint {
  const number = Number(digits);
  return /^-?\d+$/.test(digits) && !Number.isSafeInteger(number) ? BigInt(digits) : number;
}

/**
 * A statement as Livy wrote it. What surrounds the output is read as usual; `output.data` keeps its digits.
 * @throws SyntaxError when it is no JSON
 */
export function parseStatement(text: string): unknown {
  const parsed = parseLossless(text);
  if (typeof parsed !== 'object' || parsed === null) return parsed;
  const { output, ...around } = parsed as { readonly output?: unknown };
  const statement = plainJson(around) as object;
  if (typeof output !== 'object' || output === null) return { ...statement, output };
  const { data, ...rest } = output as { readonly data?: unknown };
  return { ...statement, output: { ...(plainJson(rest) as object), data } };
}

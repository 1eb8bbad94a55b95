import { plainLine, redactText } from '../core/index.js';

/** One plain line without secrets, no longer than `length`. */
export function cut(text: string, length: number): string {
  const plain = redactText(plainLine(text));
  return plain.length > length ? `${plain.slice(0, length - 1)}…` : plain;
}

/** As UTF-8. */
export const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value), 'utf8');

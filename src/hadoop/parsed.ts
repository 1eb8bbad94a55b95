import { BadAnswerError, redactText } from '../core/index.js';
import type * as z from 'zod/mini';

/** How much of an answer an error shows. */
const SHOWN = 500;

/** A server's answer as its schema reads it. @throws BadAnswerError saying `problem`, with the answer: redacted, and cut */
export function parsed<T>(schema: z.ZodMiniType<T>, answer: unknown, problem: string, shown = SHOWN): T {
  const read = schema.safeParse(answer);
  if (read.success) return read.data;
  throw new BadAnswerError(problem, redactText(JSON.stringify(answer) ?? 'nothing').slice(0, shown));
}

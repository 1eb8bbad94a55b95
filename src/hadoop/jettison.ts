/** The shapes that YARN's answers have because of Jettison, which writes them. */
import * as z from 'zod/mini';

/** A list of one may stand there without its list. */
export const oneOrMore = <T extends z.ZodMiniType>(schema: T) =>
  z.union([
    z.array(schema),
    z.pipe(
      schema,
      z.transform((one: z.output<T>) => [one]),
    ),
  ]);

/** There is more than one way to say "none": `null`, and `""`. */
export const orNone = <T extends z.ZodMiniType>(schema: T) =>
  z.union([
    z.nullable(schema),
    z.pipe(
      z.literal(''),
      z.transform(() => null),
    ),
  ]);

import * as z from 'zod';
import { duration } from './durations.js';
import { group, text } from './kinds/kind.js';
import { meant, type Path, type Problems, seen } from './problems.js';

const asRetry = { error: 'how many tries after the first, or { times, delay, backoff, maxDelay, on }' };
const retry = z.union(
  [
    z
      .int(asRetry)
      .min(1, asRetry)
      .transform((times) => ({ times })),
    z.strictObject({
      times: z.int({ error: 'a whole number, 1 or more' }).min(1, { error: 'a whole number, 1 or more' }),
      delay: duration.optional(),
      backoff: z.number({ error: 'a number, 1 or more' }).min(1, { error: 'a number, 1 or more' }).optional(),
      maxDelay: duration.optional(),
      on: z.array(text, { error: 'a list of names of errors' }).min(1, { error: 'a list of names' }).optional(),
    }),
  ],
  asRetry,
);

/** The fields of every step. */
export const common = {
  needs: z
    .union([text.transform((one) => [one]), z.array(text)], { error: 'the name of a step, or a list of them' })
    .optional(),
  retry: retry.optional(),
  timeout: duration.optional(),
  foreach: z.union([text, z.array(z.unknown())], { error: 'a list, or a reference to one' }).optional(),
  concurrency: z.int({ error: 'a whole number, 1 or more' }).min(1, { error: 'a whole number, 1 or more' }).optional(),
  comment: text.optional(),
} as const;

export const withField = { with: group.optional() } as const;

export const frame = z.strictObject({
  name: text.optional(),
  comment: text.optional(),
  params: group.nullish(),
  functions: z
    .strictObject(
      { submit: text, status: text, cancel: text },
      { error: 'the names or ARNs of three functions: submit, status, cancel' },
    )
    .optional(),
  timeout: duration.optional(),
  steps: z.record(z.string(), z.unknown(), { error: 'the steps, each under its name' }),
  output: group.optional(),
});

export type Common = z.output<z.ZodObject<typeof common>>;

const at = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (found, part) =>
      typeof found === 'object' && found !== null
        ? (found as Readonly<Record<string | number, unknown>>)[part]
        : undefined,
    value,
  );

/** Reads a value by a shape; each thing that is wrong becomes a problem that says what would be right. */
export function readBy<S extends z.ZodObject>(
  shape: S,
  value: unknown,
  { path, what, problems }: { readonly path: Path; readonly what: string; readonly problems: Problems },
): z.output<S> | undefined {
  const read = shape.safeParse(value);
  if (read.success) return read.data;
  for (const issue of read.error.issues.flatMap((one) => within(one, value))) {
    const inner = issue.path as Path;
    const where = [...path, ...inner];
    if (issue.code === 'unrecognized_keys') {
      const known = keysOf(shape, inner);
      const of = inner.length === 0 ? what : String(inner.at(-1));
      for (const key of issue.keys) problems.add([...where, key], `is no field of ${of}; ${meant(key, known)}`, 'name');
    } else {
      const found = at(value, inner);
      problems.add(
        where,
        found === undefined ? `is missing: ${issue.message}` : `is ${seen(found)}; it should be ${issue.message}`,
      );
    }
  }
  return undefined;
}

type Issue = z.core.$ZodIssue;

/** Of a group that fits none of several shapes: what is wrong in it, where one of them is a group too. */
function within(issue: Issue, value: unknown): readonly Issue[] {
  const found = at(value, issue.path as Path);
  if (issue.code !== 'invalid_union' || typeof found !== 'object' || found === null || Array.isArray(found))
    return [issue];
  const inside = issue.errors.find((issues) =>
    issues.every((one) => one.path.length > 0 || one.code === 'unrecognized_keys'),
  );
  return inside?.map((one) => ({ ...one, path: [...issue.path, ...one.path] })) ?? [issue];
}

/** The groups that a shape may be. */
const asGroups = (shape: unknown): readonly z.ZodObject[] => {
  if (shape instanceof z.ZodOptional || shape instanceof z.ZodNullable) return asGroups(shape.unwrap());
  if (shape instanceof z.ZodUnion) return shape.options.flatMap(asGroups);
  return shape instanceof z.ZodObject ? [shape] : [];
};

/** The fields there are in a group within a shape. */
function keysOf(shape: z.ZodObject, path: Path): string[] {
  const found = path.reduce<unknown>((group, part) => asGroups(group)[0]?.shape[String(part)], shape);
  return Object.keys(asGroups(found)[0]?.shape ?? {});
}

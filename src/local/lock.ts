import * as z from 'zod';
import lockJson from './livy.lock.json' with { type: 'json' };

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const jarSchema = z.strictObject({
  /** `group:artifact:version` or `group:artifact:version:classifier`. */
  at: z.string().regex(/^[\w.-]+:[\w.-]+:[\w.-]+(:[\w.-]+)?$/),
  sha256,
  /** Size in bytes, for the progress line. */
  size: z.int().positive(),
});

const pinSchema = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9._-]+$/),
  version: z.string().regex(/^[\w.!+-]+$/),
  /** pip's environment marker, where the pin is for some Pythons only. */
  marker: z.string().optional(),
  /** One for each file that the registry has of this version: the machine's own is among them. */
  sha256: z.array(sha256).nonempty(),
});

const lockSchema = z.strictObject({
  v: z.literal(1),
  maven: z.strictObject({ livy: z.array(jarSchema).nonempty(), hadoop: z.array(jarSchema), aws: z.array(jarSchema) }),
  /** `build` is installed first: Spark is published as source only, and pip is not to choose its build tools by itself. */
  pypi: z.strictObject({
    build: z.array(pinSchema),
    spark: z.array(pinSchema).nonempty(),
    java: z.array(pinSchema),
    moto: z.array(pinSchema),
  }),
});

/** One jar to fetch. */
export type LockedJar = z.infer<typeof jarSchema>;
/** One Python package to fetch. */
export type LockedPin = z.infer<typeof pinSchema>;
/** Everything that `livywire local` may fetch, named and hashed. Made by `scripts/lock-local.ts`. */
export type LocalLock = z.infer<typeof lockSchema>;

/** Checks a lock file's content. @throws when it has anything but names and hashes in it */
export const parseLock = (json: unknown): LocalLock => lockSchema.parse(json);

let parsed: LocalLock | undefined;
/** The lock file that came with this version. */
export const theLock = (): LocalLock => (parsed ??= parseLock(lockJson));

export interface Coordinates {
  readonly group: string;
  readonly artifact: string;
  readonly version: string;
  readonly classifier?: string;
}

export function coordinates(jar: Pick<LockedJar, 'at'>): Coordinates {
  const [group = '', artifact = '', version = '', classifier] = jar.at.split(':');
  return { group, artifact, version, ...(classifier !== undefined && { classifier }) };
}

/** What a jar is called in our cache. The group is part of it: two groups have artifacts of one name. */
export const jarFileName = (jar: Pick<LockedJar, 'at'>): string => `${jar.at.replaceAll(':', '@')}.jar`;

/** The pins as a requirements file for `pip install --require-hashes`. */
export const requirements = (pins: readonly LockedPin[]): string =>
  pins
    .map((pin) =>
      [
        `${pin.name}==${pin.version}${pin.marker === undefined ? '' : ` ; ${pin.marker}`}`,
        ...pin.sha256.map((hash) => `    --hash=sha256:${hash}`),
      ].join(' \\\n'),
    )
    .map((line) => `${line}\n`)
    .join('');

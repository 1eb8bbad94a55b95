/** What happens to one key, as plain data: made from a seed, run again from it, and shrunk by fast-check. */
import fc from 'fast-check';

/** What can happen to one request on its way. */
export const requestFaults = [
  'refuse',
  'reset-before',
  'reset-after',
  'drop-reply',
  'half-open',
  'late',
  'delay',
  '500-before',
  '500-after',
  '503-before',
  '503-after',
  'truncate',
  'garble',
  'twice',
  'page-404',
  'crash-after',
] as const;
export type RequestFault = (typeof requestFaults)[number];

/** What can happen to a process, a server or a clock. */
export const eventKinds = [
  'submitter-killed',
  'submitter-stopped',
  'rival-submitter',
  'clock-jump',
  'livy-killed',
  'livy-unreachable',
  'yarn-unreachable',
  'yarn-recovering',
  'yarn-forgets',
] as const;
export type EventKind = (typeof eventKinds)[number];

export interface ChaosEvent {
  readonly kind: EventKind;
  /** After the first submit of the key, in milliseconds. */
  readonly afterMs: number;
  /** How long a stop or an outage lasts, in milliseconds. */
  readonly forMs: number;
  /** By how much the submitter's clock is set, in milliseconds of its own time. */
  readonly jumpMs: number;
}

/** `dies`: exits with 1 once YARN has the application · `contradicts`: exits with 1 at its end, however that was. */
export type Launcher = 'honest' | 'dies' | 'contradicts';

export interface KeyPlan {
  /** From spark-submit's start to the application's appearance in YARN, in milliseconds. */
  readonly surfaceMs: number;
  /** From there to its end, in milliseconds. */
  readonly lifeMs: number;
  readonly end: 'SUCCEEDED' | 'FAILED';
  readonly launcher: Launcher;
  /** What happens to the first, second, … request about this key, of each sort; later ones are left alone. */
  readonly posts: readonly (RequestFault | 'none')[];
  readonly livy: readonly (RequestFault | 'none')[];
  readonly yarn: readonly (RequestFault | 'none')[];
  readonly event?: ChaosEvent | undefined;
  /** Cancelled so long after its start, in milliseconds. */
  readonly cancelAfterMs?: number | undefined;
  /** A new attempt is asked for after a failure, once. */
  readonly retries: boolean;
}

/** What a plan says happens to its key, in the words of the table. */
export type FaultKind = RequestFault | EventKind | 'launcher-dies' | 'launcher-contradicts';

const common = ['reset-before', 'reset-after', 'drop-reply', '500-after', '503-after', 'truncate', 'garble'] as const;
/** These strike everything that is under way: as often as others, nothing would ever get through. */
const RARELY: Partial<Record<RequestFault | 'none', number>> = { refuse: 2, 'crash-after': 2 };
const oneOf = <T extends RequestFault | 'none'>(faults: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof(...faults.map((kind) => ({ arbitrary: fc.constant(kind), weight: RARELY[kind] ?? 10 })));
/** A POST refused with a page of a proxy was not acted on, and is the caller's to repeat: no fate to find out. */
const postFault = oneOf<RequestFault>([...common, ...requestFaults.filter((kind) => kind !== 'page-404')]);
/** Livy need not die with a read, and one that is sent twice, or when its reader has gone, does nothing to be seen. */
const readFault = oneOf([
  ...common,
  ...requestFaults.filter((kind) => kind !== 'twice' && kind !== 'late' && kind !== 'crash-after'),
  'none' as const,
]);

const whole = (min: number, max: number) => fc.integer({ min, max });
const often = <T>(share: number, some: fc.Arbitrary<T>, otherwise: T): fc.Arbitrary<T> =>
  fc.oneof(
    { arbitrary: fc.constant(otherwise), weight: Math.round(100 * (1 - share)) },
    { arbitrary: some, weight: Math.round(100 * share) },
  );
const list = <T>(share: number, item: fc.Arbitrary<T>, most: number) =>
  often<readonly T[]>(share, fc.array(item, { minLength: 1, maxLength: most, size: 'max' }), []);

const weights: Readonly<Record<EventKind, number>> = {
  'submitter-killed': 200,
  'submitter-stopped': 100,
  'rival-submitter': 260,
  'clock-jump': 160,
  // Everything that is under way has to live with these: one in a while.
  'livy-killed': 12,
  'livy-unreachable': 12,
  'yarn-unreachable': 14,
  'yarn-recovering': 5,
  'yarn-forgets': 2,
};
const event: fc.Arbitrary<ChaosEvent> = fc.record({
  kind: fc.oneof(...eventKinds.map((kind) => ({ arbitrary: fc.constant(kind), weight: weights[kind] }))),
  afterMs: whole(0, 4_000),
  forMs: whole(300, 8_000),
  jumpMs: whole(-300_000, 300_000),
});

/** Each part of a plan by itself, so that a plan can be made smaller part by part. */
export const planParts: { readonly [Part in keyof KeyPlan]-?: fc.Arbitrary<KeyPlan[Part]> } = {
  surfaceMs: fc.oneof(
    { arbitrary: whole(50, 2_500), weight: 68 },
    { arbitrary: whole(2_500, 5_500), weight: 30 },
    // Longer than the settle time: only a Livy that still knows of it can tell.
    { arbitrary: whole(11_000, 40_000), weight: 2 },
  ),
  lifeMs: whole(300, 4_000),
  end: fc.constantFrom('SUCCEEDED', 'SUCCEEDED', 'FAILED'),
  launcher: often<Launcher>(0.12, fc.constantFrom('dies', 'contradicts'), 'honest'),
  posts: list(0.5, postFault, 3),
  livy: list(0.35, readFault, 6),
  yarn: list(0.35, readFault, 6),
  event: often<ChaosEvent | undefined>(0.3, event, undefined),
  cancelAfterMs: often<number | undefined>(0.06, whole(0, 5_000), undefined),
  retries: often(0.2, fc.constant(true), false),
};
const keyPlan: fc.Arbitrary<KeyPlan> = fc.record(planParts);

/** The plans of one seed: the same ones every time. */
export const plansOf = (seed: number, keys: number): readonly KeyPlan[] => fc.sample(keyPlan, { seed, numRuns: keys });

/** The faults that did not come with a request. */
export function otherFaults({ event: happens, launcher, end }: KeyPlan): readonly FaultKind[] {
  const isHonest = launcher === 'honest' || (launcher === 'contradicts' && end === 'FAILED');
  return [...(happens ? [happens.kind] : []), ...(isHonest ? [] : [`launcher-${launcher}` as const])];
}

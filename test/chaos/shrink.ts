/** The smallest plan that still fails. fast-check says what is smaller; one part is changed at a time, all of them at once. */
import { type KeyPlan, planParts } from './plan.js';

export interface Shrinking {
  /** For each plan, whether it fails as the first one did. */
  readonly fails: (plans: readonly KeyPlan[]) => Promise<readonly boolean[]>;
  /** How often plans are tried. */
  readonly tries: number;
}

type Change = Partial<KeyPlan>;

const lists = ['posts', 'livy', 'yarn'] as const;

/** Smaller values of one part that are tried: fast-check's first ones are the biggest leaps. */
const PER_PART = 3;
/** What goes away altogether. */
const nothing: readonly Change[] = [
  { event: undefined },
  { cancelAfterMs: undefined },
  { retries: false },
  { launcher: 'honest' },
  { posts: [] },
  { livy: [] },
  { yarn: [] },
];

function smaller(plan: KeyPlan): readonly Change[] {
  const parts = Object.keys(planParts) as (keyof KeyPlan)[];
  const changes = parts.flatMap((part) => {
    const arbitrary = planParts[part];
    if (!arbitrary.canShrinkWithoutContext(plan[part])) return [];
    return [...arbitrary.shrink(plan[part] as never, undefined).take(PER_PART)].map(({ value }) => ({ [part]: value }));
  });
  const withoutOne = lists.flatMap((part) =>
    plan[part].map((_, gone): Change => ({ [part]: plan[part].filter((_one, i) => i !== gone) })),
  );
  const isChange = (change: Change): boolean =>
    Object.entries(change).some(
      ([part, value]) => JSON.stringify(plan[part as keyof KeyPlan]) !== JSON.stringify(value),
    );
  return [...nothing, ...withoutOne, ...changes].filter(isChange);
}

export async function shrink(plan: KeyPlan, { fails, tries }: Shrinking): Promise<KeyPlan> {
  let smallest = plan;
  let together: Change[] = []; // what each may change alone, tried together next
  for (let i = 0; i < tries; i++) {
    const changes: readonly Change[] = together.length > 0 ? together : smaller(smallest);
    if (changes.length === 0) break;
    const failed = await fails(changes.map((change) => ({ ...smallest, ...change })));
    const good = changes.filter((_, n) => failed[n]);
    if (good.length === 0 && together.length === 0) break;
    if (good[0]) smallest = { ...smallest, ...good[0] };
    // The first one of each part is the biggest leap.
    const merged = good.toReversed().reduce<Change>((all, change) => ({ ...all, ...change }), {});
    together = together.length === 0 && good.length > 1 ? [merged, ...good.slice(1)] : [];
  }
  return smallest;
}

import { scopesWithin, type Scope } from './scopes.js';
import { allBefore, type Needs } from './order.js';

/** What runs after what, and what side by side. */
export type Plan =
  | { readonly type: 'step'; readonly name: string }
  | { readonly type: 'series'; readonly parts: readonly Plan[] }
  | { readonly type: 'parallel'; readonly parts: readonly Plan[] }
  | { readonly type: 'cluster'; readonly create: string; readonly body?: Plan; readonly terminate?: string };

/** A step that begins later than it would have to. */
export interface LateStep {
  readonly step: string;
  readonly alsoWaitsFor: readonly string[];
}

export interface Planned {
  readonly plan: Plan;
  readonly late: readonly LateStep[];
}

/**
 * Orders steps as a machine can run them. What does not depend on each other runs side by side. A row of stages is made where all of
 * one stage is needed by all of the next; where that is not so (two steps, of which only one waits for a third), a stage is made
 * all the same, where it makes the fewest steps wait for more than they need.
 */
export function planOf(needs: Needs, scopes: readonly Scope[]): Planned {
  const late: LateStep[] = [];
  const arrange = (names: readonly string[]): Plan => {
    const parts = components(names, needs).map((part) => arrangeOne(part));
    return joined('parallel', parts);
  };
  /** Of steps that hang together, clusters taken as one. */
  const arrangeOne = (names: readonly string[]): Plan => {
    const { items, needs: among } = scopesWithin(names, needs, scopes);
    const inItems = (some: readonly string[]): Plan => {
      const parts = components(some, among).map((part) => {
        const [only] = part;
        if (part.length === 1 && only !== undefined) return planItem(only);
        const [before, after] = split(part, among, late);
        return joined('series', [inItems(before), inItems(after)]);
      });
      return joined('parallel', parts);
    };
    const planItem = (name: string): Plan => {
      const scope = items.get(name);
      if (!scope) return { type: 'step', name };
      const { create, terminate, body } = scope;
      return {
        type: 'cluster',
        create,
        ...(body.length > 0 && { body: arrange(body) }),
        ...(terminate !== undefined && { terminate }),
      };
    };
    return inItems([...items.keys()]);
  };
  return { plan: arrange([...needs.keys()]), late };
}

/** Without a series in a series. */
function joined(type: 'series' | 'parallel', parts: readonly Plan[]): Plan {
  const flat = parts.flatMap((part) => (part.type === type ? part.parts : [part]));
  const [only] = flat;
  return flat.length === 1 && only ? only : { type, parts: flat };
}

const within = (names: readonly string[], needs: Needs): Needs => {
  const inside = new Set(names);
  return new Map(names.map((name) => [name, new Set([...(needs.get(name) ?? [])].filter((one) => inside.has(one)))]));
};

/** Names that hang together, whichever way; each group and its names in the order in which they came. */
function components(names: readonly string[], needs: Needs): readonly (readonly string[])[] {
  const neighbours = new Map<string, string[]>(names.map((name) => [name, []]));
  for (const [name, before] of within(names, needs))
    for (const one of before) {
      neighbours.get(name)?.push(one);
      neighbours.get(one)?.push(name);
    }
  const groupOf = new Map<string, number>();
  const groups = names.flatMap((name, group) => {
    if (groupOf.has(name)) return [];
    const reached = new Set([name]);
    // A Set yields what is added while it is walked.
    for (const one of reached) for (const other of neighbours.get(one) ?? []) reached.add(other);
    for (const one of reached) groupOf.set(one, group);
    return [group];
  });
  return groups.map((group) => names.filter((name) => groupOf.get(name) === group));
}

/** Two stages of names that hang together: nothing of the first needs anything of the second. */
function split(
  names: readonly string[],
  needs: Needs,
  late: LateStep[],
): readonly [before: readonly string[], after: readonly string[]] {
  const before = allBefore(within(names, needs));
  const count = (name: string): number => before.get(name)?.size ?? 0;
  const sorted = names.toSorted((a, b) => count(a) - count(b));
  // Where all of one stage comes before all of the next, those of the next have at least as much before them as the first is long.
  for (let size = 1; size < sorted.length; size++) {
    const first = new Set(sorted.slice(0, size));
    const rest = sorted.slice(size);
    if (rest.every((name) => [...(before.get(name) ?? [])].filter((one) => first.has(one)).length === size))
      return [names.filter((name) => first.has(name)), names.filter((name) => !first.has(name))];
  }
  return leastLate(names, before, late);
}

/** The stage after which the fewest wait in vain, of those that the distance from the beginning gives. */
function leastLate(
  names: readonly string[],
  before: ReadonlyMap<string, ReadonlySet<string>>,
  late: LateStep[],
): readonly [before: readonly string[], after: readonly string[]] {
  const distances = new Map<string, number>();
  for (const name of names.toSorted((a, b) => (before.get(a)?.size ?? 0) - (before.get(b)?.size ?? 0)))
    distances.set(name, 1 + Math.max(-1, ...[...(before.get(name) ?? [])].map((one) => distances.get(one) ?? 0)));
  const distance = (name: string): number => distances.get(name) ?? 0;
  const inVain = (stage: readonly string[], name: string): string[] =>
    stage.filter((one) => !before.get(name)?.has(one));
  const cuts = [...new Set(names.map(distance))]
    .toSorted((a, b) => a - b)
    .slice(0, -1)
    .map((last) => {
      const stage = names.filter((name) => distance(name) <= last);
      const rest = names.filter((name) => distance(name) > last);
      return { stage, rest, waits: rest.reduce((sum, name) => sum + inVain(stage, name).length, 0) };
    })
    .toSorted((a, b) => a.waits - b.waits);
  const [best] = cuts;
  if (!best) throw new RangeError('steps that hang together and need nothing of each other');
  const { stage, rest } = best;
  const lasts = stage.filter((name) => !stage.some((other) => before.get(other)?.has(name)));
  for (const name of rest.filter((one) => !rest.some((other) => before.get(one)?.has(other)))) {
    const alsoWaitsFor = inVain(lasts, name);
    if (alsoWaitsFor.length > 0) late.push({ step: name, alsoWaitsFor });
  }
  return [stage, rest];
}

/** The steps of a plan, each once. */
export function stepsOf(plan: Plan): readonly string[] {
  switch (plan.type) {
    case 'step':
      return [plan.name];
    case 'cluster':
      return [
        plan.create,
        ...(plan.body ? stepsOf(plan.body) : []),
        ...(plan.terminate === undefined ? [] : [plan.terminate]),
      ];
    case 'series':
    case 'parallel':
      return plan.parts.flatMap(stepsOf);
  }
}

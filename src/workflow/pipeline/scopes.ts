import type { ClusterScope } from './model.js';
import { allBefore, type Needs } from './order.js';

/** The part of a pipeline during which a cluster lives. */
export interface Scope {
  readonly create: string;
  readonly terminate?: string;
  /** What runs in between: what uses it, and what of the rest has to. */
  readonly body: readonly string[];
  /** All of it. */
  readonly members: ReadonlySet<string>;
}

/** Clusters whose lives do not lie one in the other, nor one after the other. */
export class TangledClustersError extends Error {
  override readonly name = 'TangledClustersError';
  constructor(readonly clusters: readonly [string, string]) {
    super(`the clusters ${clusters.join(' and ')} live neither one within the other nor apart`);
  }
}

/** @throws TangledClustersError */
export function scopesOf(clusters: readonly ClusterScope[], needs: Needs): readonly Scope[] {
  const before = allBefore(needs);
  const comesBefore = (first: string, second: string): boolean => before.get(second)?.has(first) ?? false;
  const scopes = clusters.map(({ create, terminate, users }): Scope => {
    const ends = terminate === undefined ? users : [terminate];
    const body = [...needs.keys()].filter(
      (name) =>
        name !== create &&
        name !== terminate &&
        (users.includes(name) || (comesBefore(create, name) && ends.some((end) => comesBefore(name, end)))),
    );
    const members = new Set([create, ...body, ...(terminate === undefined ? [] : [terminate])]);
    return { create, body, members, ...(terminate !== undefined && { terminate }) };
  });
  for (const [i, one] of scopes.entries())
    for (const other of scopes.slice(i + 1)) {
      const apart = [...one.members].every((name) => !other.members.has(name));
      if (!apart && !isWithin(one, other) && !isWithin(other, one))
        throw new TangledClustersError([one.create, other.create]);
    }
  return scopes;
}

const isWithin = (inner: Scope, outer: Scope): boolean => [...inner.members].every((name) => outer.body.includes(name));

/**
 * Steps with each outermost cluster among them taken as one, under the name of the step that creates it.
 * @throws TangledClustersError for two clusters that wait for each other
 */
export function scopesWithin(
  names: readonly string[],
  needs: Needs,
  scopes: readonly Scope[],
): { readonly items: ReadonlyMap<string, Scope | undefined>; readonly needs: Needs } {
  const inside = new Set(names);
  const whole = scopes.filter(({ members }) => [...members].every((name) => inside.has(name)));
  const outermost = whole.filter((scope) => !whole.some((other) => other !== scope && isWithin(scope, other)));
  const itemOf = new Map(
    names.map((name) => [name, outermost.find(({ members }) => members.has(name))?.create ?? name]),
  );
  const among = new Map<string, Set<string>>();
  for (const name of names) {
    const item = itemOf.get(name) ?? name;
    const found = among.get(item) ?? new Set<string>();
    among.set(item, found);
    for (const one of needs.get(name) ?? []) {
      const other = itemOf.get(one);
      if (other !== undefined && other !== item) found.add(other);
    }
  }
  checkApart(among, outermost);
  return {
    items: new Map([...among.keys()].map((item) => [item, outermost.find(({ create }) => create === item)])),
    needs: among,
  };
}

/** @throws TangledClustersError */
function checkApart(among: Needs, scopes: readonly Scope[]): void {
  const reached = (from: string): ReadonlySet<string> => {
    const found = new Set(among.get(from) ?? []);
    for (const one of found) for (const other of among.get(one) ?? []) found.add(other);
    return found;
  };
  const names = scopes.map(({ create }) => create);
  for (const name of names) {
    const before = reached(name);
    if (!before.has(name)) continue;
    const other = names.find((one) => one !== name && before.has(one) && reached(one).has(name));
    throw new TangledClustersError([name, other ?? name]);
  }
}

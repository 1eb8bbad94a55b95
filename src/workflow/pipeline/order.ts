import type { Step } from './model.js';

/** Names, and for each the names that come before it. */
export type Needs = ReadonlyMap<string, ReadonlySet<string>>;

export const needsOf = (steps: ReadonlyMap<string, Step>): Needs =>
  new Map([...steps].map(([name, { needs }]) => [name, new Set([...needs].filter((one) => steps.has(one)))]));

/** Every circle once, each as the names in it, in the order in which one needs the next. */
export function circles(needs: Needs): readonly (readonly string[])[] {
  const found: (readonly string[])[] = [];
  const done = new Set<string>();
  const trail: string[] = [];
  const visit = (name: string): void => {
    const since = trail.indexOf(name);
    if (since >= 0) {
      found.push(trail.slice(since));
      return;
    }
    if (done.has(name)) return;
    trail.push(name);
    // Of itself: said where needs are checked.
    for (const one of needs.get(name) ?? []) if (one !== name) visit(one);
    trail.pop();
    done.add(name);
  };
  for (const name of needs.keys()) visit(name);
  return found;
}

/** For each name everything that comes before it, at any distance. There must be no circle. */
export function allBefore(needs: Needs): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, ReadonlySet<string>>();
  const of = (name: string): ReadonlySet<string> => {
    const known = found.get(name);
    if (known) return known;
    const all = new Set<string>();
    for (const one of needs.get(name) ?? []) {
      all.add(one);
      for (const before of of(one)) all.add(before);
    }
    found.set(name, all);
    return all;
  };
  for (const name of needs.keys()) of(name);
  return found;
}

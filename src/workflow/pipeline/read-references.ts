import { meant, type Path, type Problems } from './problems.js';
import { dataName, fill, type Reference, referencesIn } from './references.js';

/** What a reference may be to. */
export interface Known {
  readonly steps: readonly string[];
  readonly params: readonly string[];
  /** Whether there is an item. */
  readonly isForEach: boolean;
}

/** Every text in a value, with its path. */
export function* textsIn(value: unknown, path: Path): Generator<readonly [text: string, path: Path], void> {
  if (typeof value === 'string') yield [value, path];
  else if (Array.isArray(value)) for (const [i, one] of value.entries()) yield* textsIn(one, [...path, i]);
  else if (typeof value === 'object' && value !== null)
    for (const [name, one] of Object.entries(value)) if (!name.endsWith('.$')) yield* textsIn(one, [...path, name]);
}

/** Checks the references of a value. @returns the steps that it refers to */
export function readReferences(value: unknown, path: Path, known: Known, problems: Problems): readonly string[] {
  const steps: string[] = [];
  let isRight = true;
  for (const [text, where] of textsIn(value, path)) {
    for (const found of referencesIn(text)) {
      const wrong = typeof found === 'string' ? `holds a reference that ${found}` : wrongWith(found, known);
      if (wrong !== undefined) {
        problems.add(where, wrong);
        isRight = false;
      } else if (typeof found !== 'string' && found.step !== undefined) steps.push(found.step);
    }
  }
  if (isRight) {
    try {
      fill(value);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      problems.add(path, error.message);
    }
  }
  return steps;
}

function wrongWith({ text, step, param, isOfItem }: Reference, known: Known): string | undefined {
  const said = `\${${text}}`;
  if (step !== undefined && !known.steps.includes(step))
    return `refers to ${said}: there is no step ${step}; ${meant(step, known.steps)}`;
  if (param !== undefined && !known.params.includes(param))
    return `refers to ${said}: params has no ${param}; ${meant(param, known.params)}`;
  if (isOfItem && !known.isForEach) return `refers to ${said}: only a step with foreach has an item and an index`;
  return undefined;
}

/** Two names that are one in the data. */
export function clashes(names: readonly string[]): readonly (readonly [string, string])[] {
  const first = new Map<string, string>();
  return names.flatMap((name): (readonly [string, string])[] => {
    const other = first.get(dataName(name));
    first.set(dataName(name), other ?? name);
    return other === undefined ? [] : [[name, other]];
  });
}

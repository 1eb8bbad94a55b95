/** What of a definition the rights of its role come from: its tasks, however deep they stand. */

/** One call of a service. */
export interface Task {
  /** The state's name. */
  readonly state: string;
  /** Behind `arn:aws:states:::`, as in `glue:startJobRun.sync`; or the ARN of a function or an activity. */
  readonly resource: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

type Group = Readonly<Record<string, unknown>>;

const isGroup = (value: unknown): value is Group =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every task of a machine, with those in branches and in what is done with items. */
export function tasksIn(definition: unknown): readonly Task[] {
  if (!isGroup(definition) || !isGroup(definition.States)) return [];
  return Object.entries(definition.States).flatMap(([state, one]): readonly Task[] => {
    if (!isGroup(one)) return [];
    const inside = [
      ...(Array.isArray(one.Branches) ? (one.Branches as unknown[]) : []),
      one.ItemProcessor,
      one.Iterator,
    ];
    const parameters = isGroup(one.Parameters) ? one.Parameters : isGroup(one.Arguments) ? one.Arguments : {};
    const own: readonly Task[] =
      one.Type === 'Task' && typeof one.Resource === 'string'
        ? [{ state, resource: one.Resource.replace(/^arn:[\w-]+:states:::/, ''), parameters }]
        : [];
    return [...own, ...inside.flatMap(tasksIn)];
  });
}

/** A field of a task's parameters, where it is known by now: no path, no expression. */
export function known(parameters: Group, ...path: readonly string[]): string | undefined {
  const value = path.reduce<unknown>((at, name) => (isGroup(at) ? at[name] : undefined), parameters);
  return typeof value === 'string' && !value.includes('{%') && !value.startsWith('$.') ? value : undefined;
}

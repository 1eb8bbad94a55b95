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

/** Every task of a machine, with those in branches and in what is done with items. `request`: what stands for `$.request` in it. */
export function tasksIn(definition: unknown, request: Group = {}): readonly Task[] {
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
        ? [{ state, resource: one.Resource.replace(/^arn:[\w-]+:states:::/, ''), parameters: withRequest(parameters, request) }] // prettier-ignore
        : [];
    // A step of several states has its request made once, in front of them, and none of them changes it.
    const handed = one.Type === 'Parallel' && isGroup(parameters.request) ? parameters.request : {};
    return [...own, ...inside.flatMap((part) => tasksIn(part, handed))];
  });
}

/** `"SecretArn.$": "$.request.SecretArn"` with what it comes to, where that is known by now. */
function withRequest(parameters: Group, request: Group): Group {
  const found = Object.entries(parameters).flatMap(([field, path]): [string, string][] => {
    const [, name = ''] = (typeof path === 'string' ? /^\$\.request\.(\w+)$/.exec(path) : undefined) ?? [];
    const value = field.endsWith('.$') ? request[name] : undefined;
    return typeof value === 'string' ? [[field.slice(0, -2), value]] : [];
  });
  return { ...parameters, ...Object.fromEntries(found) };
}

/** A field of a task's parameters, where it is known by now: no path, no expression. */
export function known(parameters: Group, ...path: readonly string[]): string | undefined {
  const value = path.reduce<unknown>((at, name) => (isGroup(at) ? at[name] : undefined), parameters);
  return typeof value === 'string' && !value.includes('{%') && !value.startsWith('$.') ? value : undefined;
}

/** Paths and intrinsic functions of the Amazon States Language, as far as our machines use them. */
export type Data = unknown;

class StatesRuntimeError extends Error {
  override readonly name = 'States.Runtime';
}

/** What a path that is not there gives. */
const ABSENT = Symbol('absent');

function look(path: string, data: Data, context: Data): unknown {
  const [root, start] = path.startsWith('$$') ? [context, 2] : [data, 1];
  const names = path
    .slice(start)
    .replaceAll(/\['([\w-]+)'\]/g, '.$1')
    .split('.')
    .filter((name) => name !== '');
  let found: unknown = root;
  for (const name of names) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return ABSENT;
    found = (found as Record<string, unknown>)[name];
  }
  return found;
}

export const isPresent = (path: string, data: Data, context: Data): boolean => look(path, data, context) !== ABSENT;

export function valueAt(path: string, data: Data, context: Data): unknown {
  const found = look(path, data, context);
  if (found === ABSENT) throw new StatesRuntimeError(`The path ${path} is not in the data`);
  return found;
}

const asObject = (value: unknown, what: string): Record<string, unknown> => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new StatesRuntimeError(`${what} needs an object`);
  return value as Record<string, unknown>;
};

const asNumber = (value: unknown, what: string): number => {
  if (typeof value !== 'number') throw new StatesRuntimeError(`${what} needs a number`);
  return value;
};

const functions: Readonly<Record<string, (args: readonly unknown[]) => unknown>> = {
  JsonMerge([left, right, deep]) {
    if (deep !== false) throw new StatesRuntimeError('JsonMerge merges the first level only');
    return { ...asObject(left, 'JsonMerge'), ...asObject(right, 'JsonMerge') };
  },
  StringToJson: ([text]) => JSON.parse(String(text)) as unknown,
  JsonToString: ([value]) => JSON.stringify(value),
  MathAdd: ([a, b]) => asNumber(a, 'MathAdd') + asNumber(b, 'MathAdd'),
  Array: (values) => values,
  ArrayGetItem: ([list, index]) => (list as readonly unknown[])[asNumber(index, 'ArrayGetItem')],
  ArrayLength: ([list]) => (list as readonly unknown[]).length,
  // As AWS does it: nothing comes of two separators side by side.
  StringSplit: ([text, by]) =>
    String(text)
      .split(String(by))
      .filter((part) => part !== ''),
  Format([template, ...values]) {
    const parts = String(template).split('{}');
    if (parts.length - 1 !== values.length) throw new StatesRuntimeError('Format needs a value for each {}');
    return parts.map((part, i) => (i < values.length ? `${part}${String(values[i])}` : part)).join('');
  },
};

/** A path, or an intrinsic function with whatever is in it. */
export function evaluate(text: string, data: Data, context: Data): unknown {
  let at = 0;
  const fail = (): never => {
    throw new StatesRuntimeError(`Not to be understood at ${at}: ${text}`);
  };
  const skip = (): void => {
    while (text[at] === ' ') at++;
  };
  const word = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? fail();
    at += found.length;
    return found;
  };
  const literal = (): string => {
    let said = '';
    for (at++; text[at] !== "'"; at++) {
      if (at >= text.length) fail();
      // Only these are escapes; an unescaped brace that is no {} is an error at AWS.
      if (text[at] === '\\') {
        at++;
        if (!"'{}\\".includes(text[at] ?? '')) fail();
        said += text[at];
      } else said += text[at];
    }
    at++;
    return said;
  };
  const argument = (): unknown => {
    skip();
    if (text[at] === "'") return literal();
    if (text[at] === '$') return valueAt(word(/\$\$?(\.\w+|\['[\w-]+'\])*/y), data, context);
    if (text.startsWith('States.', at)) return call();
    return JSON.parse(word(/-?\d+(\.\d+)?|true|false|null/y)) as unknown;
  };
  const call = (): unknown => {
    const name = word(/States\.\w+/y).slice('States.'.length);
    const args: unknown[] = [];
    word(/\(/y);
    for (;;) {
      args.push(argument());
      skip();
      if (word(/[,)]/y) === ')') break;
    }
    return (functions[name] ?? fail())(args);
  };
  const result = argument();
  return at === text.length ? result : fail();
}

/** A template with its `.$` fields put in. */
export function fill(template: unknown, data: Data, context: Data): unknown {
  if (Array.isArray(template)) return template.map((one) => fill(one, data, context));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(
    Object.entries(template).map(([name, value]) =>
      name.endsWith('.$')
        ? [name.slice(0, -2), evaluate(String(value), data, context)]
        : [name, fill(value, data, context)],
    ),
  );
}

/** `data` with `result` at the path. */
export function put(path: string | null | undefined, data: Data, result: unknown): unknown {
  if (path === null) return data;
  const names = (path ?? '$')
    .slice(1)
    .split('.')
    .filter((name) => name !== '');
  const place = (into: unknown, [name, ...rest]: readonly string[]): unknown =>
    name === undefined
      ? result
      : { ...asObject(into ?? {}, 'ResultPath'), [name]: place((into as Record<string, unknown>)?.[name], rest) };
  return place(data, names);
}

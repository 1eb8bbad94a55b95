import type { DeployOptions } from './options.js';
import { type Output, type Parameter, ref, type Resource, sub, type Value } from './model.js';

type Handed = Readonly<Record<string, Resource>>;

/**
 * A deployment while it is put together. What an option gives is fixed; what it leaves out becomes a parameter when somebody
 * first needs it, so that a template has no parameter that nothing reads.
 */
export class Stack {
  readonly #resources: Record<string, Resource> = {};
  readonly #parameters: Record<string, Parameter> = {};
  readonly #outputs: Record<string, Output> = {};

  constructor(readonly options: DeployOptions) {}

  get parameters(): Readonly<Record<string, Parameter>> {
    return this.#parameters;
  }
  get resources(): Handed {
    return this.#resources;
  }
  get outputs(): Readonly<Record<string, Output>> {
    return this.#outputs;
  }

  add(resources: Handed): void {
    for (const [name, resource] of Object.entries(resources)) {
      if (Object.hasOwn(this.#resources, name)) throw new TypeError(`two resources are called ${name}`);
      this.#resources[name] = resource;
    }
  }

  output(name: string, Description: string, value: Value): void {
    this.#outputs[name] = { Description, Value: value };
  }

  /** What was given, or a parameter in its place. */
  value(given: Value | undefined, name: string, parameter: Parameter): Value {
    if (given !== undefined) return given;
    this.#parameters[name] = parameter;
    return ref(name);
  }

  /** A name with the prefix of all names. */
  name(text: string): Value {
    return sub(`${this.prefix}${text}`);
  }

  /** What stands in front of a name within a `sub`. */
  get prefix(): string {
    const { namePrefix } = this.options;
    if (namePrefix !== undefined) return namePrefix;
    this.#parameters.NamePrefix = {
      Type: 'String',
      Description:
        'In front of the names of functions, machine, queue and the rest; another one for each copy in an account',
      Default: 'livywire-',
      AllowedPattern: '[a-zA-Z0-9_-]{1,30}',
      ConstraintDescription: 'letters, digits, - and _, at most 30',
    };
    return '${NamePrefix}';
  }
}

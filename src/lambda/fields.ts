import { ConfigError } from '../core/index.js';

/** A JSON object whose fields are read by name. `null` counts as absent: a state machine cannot leave a field out. */
export class Fields {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #path: string;

  /** @throws ConfigError unless it is an object */
  constructor(value: unknown, path = '') {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new ConfigError(`${path === '' ? 'The event' : path} is not a JSON object`, { field: path || 'event' });
    this.#values = value as Readonly<Record<string, unknown>>;
    this.#path = path;
  }

  /** How it is called in messages. */
  pathOf(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`;
  }

  raw(name: string): unknown {
    return (Object.hasOwn(this.#values, name) ? this.#values[name] : undefined) ?? undefined;
  }

  /** @throws ConfigError naming the field */
  wrong(name: string, want: string): never {
    const field = this.pathOf(name);
    const value = this.raw(name);
    const seen = value === undefined ? 'missing' : `a ${Array.isArray(value) ? 'list' : typeof value}`;
    throw new ConfigError(`${field} is ${seen}; it should be ${want}`, { field });
  }

  text(name: string): string | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    return typeof value === 'string' && value !== '' ? value : this.wrong(name, 'a text that is not empty');
  }

  mustText(name: string): string {
    return this.text(name) ?? this.wrong(name, 'a text');
  }

  whole(name: string, least: number): number | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    return typeof value === 'number' && Number.isSafeInteger(value) && value >= least
      ? value
      : this.wrong(name, `a whole number, ${least} or more`);
  }

  /** As `whole`; `"2"` too, for templates that can write nothing but text. */
  count(name: string, least: number): number | undefined {
    const value = this.raw(name);
    if (typeof value !== 'string' || !/^\d{1,9}$/.test(value)) return this.whole(name, least);
    return Number(value) >= least ? Number(value) : this.wrong(name, `a whole number, ${least} or more`);
  }

  texts(name: string): readonly string[] | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    return Array.isArray(value) && value.every((one) => typeof one === 'string')
      ? value
      : this.wrong(name, 'a list of texts');
  }

  object(name: string): Fields | undefined {
    const value = this.raw(name);
    return value === undefined ? undefined : new Fields(value, this.pathOf(name));
  }

  /** @throws ConfigError for a field that has no meaning here */
  only(known: readonly string[]): this {
    const strange = Object.keys(this.#values).find((name) => !known.includes(name));
    if (strange !== undefined)
      throw new ConfigError(`${this.pathOf(strange)} is not a field; there are ${known.join(', ')}`, {
        field: this.pathOf(strange),
      });
    return this;
  }
}

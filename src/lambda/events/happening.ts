/** One thing that happened, and starts one run. */
export interface Happening {
  /** The same for each time that we are told of it. */
  readonly key: string;
  /** What the placeholders of a job stand for. */
  readonly fields: Readonly<Record<string, string>>;
  /** As it came, for `{event.…}`. */
  readonly event: unknown;
}

/** One item of a batch, which is taken or left as a whole. */
export interface Item {
  /** What the source calls it: its `itemIdentifier`. */
  readonly id: string;
  /** @throws ConfigError for what cannot be read */
  happenings(): readonly Happening[];
}

/** What a function was told of, and by whom. */
export type Source =
  /** A batch: who sent it is told which items to send again. */
  | { readonly kind: 'batch'; readonly items: readonly Item[] }
  /** Delivered again as a whole, where the function fails. */
  | { readonly kind: 'event'; readonly items: readonly Item[] };

/** `{time}` and `{date}`: of the event, never of the clock, so that an event which comes again is the same job. */
export const timeFields = (time: string | undefined): Readonly<Record<string, string>> =>
  time === undefined || Number.isNaN(Date.parse(time)) ? {} : { time, date: new Date(time).toISOString().slice(0, 10) };

/** Of what may be anything, the texts and numbers under these names. */
export function textsIn(value: unknown, names: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const from = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  return Object.fromEntries(
    Object.entries(names).flatMap(([field, name]) => {
      const one = Object.hasOwn(from, name) ? from[name] : undefined;
      return typeof one === 'string' || typeof one === 'number' ? [[field, String(one)]] : [];
    }),
  );
}

import type { ClusterWishes, ConnectOptions, Livywire, Settings } from '../app/index.js';
import type { Io } from './io.js';
import type { OptionSpec, OptionTable } from './option-spec.js';
import type { Given } from './scan.js';
import type { Terminal } from './terminal.js';

type ValueOf<S extends OptionSpec> = S['type'] extends 'boolean'
  ? boolean
  : S['type'] extends 'list'
    ? readonly string[]
    : (S['choices'] extends readonly (infer C)[] ? C : string) | undefined;

/** What a verb was called with. `rest` is what is no flag; `given` every flag in its order. */
export type Args<O extends OptionTable> = { readonly [K in keyof O]: ValueOf<O[K]> } & {
  readonly rest: readonly string[];
  readonly given: readonly Given[];
};

export interface Context {
  readonly io: Io;
  readonly out: Terminal;
  /** Settings from this call's flags, the environment and the config file. Read once. */
  readonly settings: () => Promise<Settings>;
  /** Wired services; closed when the command is done. */
  readonly connect: (
    settings?: Settings,
    cluster?: ClusterWishes & Pick<ConnectOptions, 'believeWatcher'>,
  ) => Promise<Livywire>;
  /** `undefined` when there is no such file. @throws ConfigError when it cannot be read */
  readonly readFile: (path: string) => Promise<string | undefined>;
  /** Aborts when this command should end: a signal, or nobody reads its output any more. */
  readonly signal: AbortSignal;
}

export interface Command<O extends OptionTable = OptionTable> {
  readonly name: string;
  /** What stands behind the flags: `<run>`, `<file> [arguments…]`. */
  readonly positionals: string;
  readonly describe: string;
  /** More lines for the help text. */
  readonly details?: readonly string[];
  readonly examples: readonly (readonly [line: string, what: string])[];
  readonly options: O;
  /** Everything from the first word that is no flag belongs to the job. */
  readonly stopAtFirstWord?: boolean;
  /** How many words it takes beside flags; not checked with `stopAtFirstWord`. */
  readonly words?: { readonly min: number; readonly max: number };
  /** Handles signals itself: follows a run. */
  readonly ownSignals?: boolean;
  /** @returns the exit code */
  run(args: Args<O>, context: Context): Promise<number>;
}

export const defineCommand = <const O extends OptionTable>(command: Command<O>): Command<O> => command;

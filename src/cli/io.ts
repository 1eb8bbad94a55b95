import type { Clock, Logger } from '../core/index.js';
import type { ConnectOptions, Livywire, loadLocal, Settings, SettingsIo } from '../app/index.js';

/** Somewhere to write. A terminal knows its width. */
export interface Sink {
  write(text: string | Uint8Array): void;
  readonly isTTY: boolean;
  readonly columns?: number | undefined;
  /** The stream behind it, for libraries that draw. */
  readonly stream?: NodeJS.WriteStream;
}

export type SignalName = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** Everything a command needs from the process, so that tests run commands without one. */
export interface Io {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly stdin: { readonly isTTY: boolean; readonly stream?: NodeJS.ReadStream };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly version: string;
  readonly clock: Clock;
  /** All of stdin. */
  readStdin(): Promise<string>;
  /** Tests hand in their own files. */
  readonly settingsIo?: SettingsIo;
  /** Whether a file is there. */
  exists(path: string): boolean;
  /** Calls `listener` for each signal until the returned function is called. */
  onSignal(listener: (signal: SignalName) => void): () => void;
  /** Aborts when nobody reads stdout any more. */
  readonly closed: AbortSignal;
  /** Tests hand in their own; else `connect` of src/app. */
  readonly connect?: (
    settings: Settings,
    options: { readonly logger: Logger; readonly caller: ConnectOptions['caller'] & object },
  ) => Promise<Livywire> | Livywire;
  /** Tests hand in their own; else the servers of src/local. */
  readonly local?: () => Promise<LocalServers>;
  /** Tests answer for the person; else the terminal is asked. */
  readonly ask?: (question: Question, signal: AbortSignal) => Promise<string | undefined>;
}

export type LocalServers = Pick<Awaited<ReturnType<typeof loadLocal>>, 'up' | 'down' | 'instances' | 'instanceLogs'>;

export interface Question {
  readonly text: string;
  readonly choices: readonly { readonly value: string; readonly label: string; readonly hint?: string }[];
}

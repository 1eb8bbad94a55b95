import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PassThrough } from 'node:stream';
import type { ExecutionContext } from 'ava';
import type { ConnectOptions, Livywire, Settings } from '../../src/app/index.js';
import { main } from '../../src/cli/main.js';
import type { Io, Question, SignalName, Sink } from '../../src/cli/io.js';
import { type Clock, systemClock } from '../../src/core/index.js';

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Files of this made-up machine, by absolute path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** What is typed, key by key. */
  readonly keys?: PassThrough;
  readonly tty?: { readonly stdin?: boolean; readonly stdout?: boolean; readonly stderr?: boolean };
  readonly clock?: Clock;
  readonly livywire?: Livywire;
  readonly connect?: (settings: Settings, options?: ConnectOptions) => Livywire;
  /** The person at the terminal. */
  readonly ask?: (question: Question, signal: AbortSignal) => Promise<string | undefined>;
  readonly closed?: AbortSignal;
  readonly local?: NonNullable<Io['local']>;
}

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCli {
  readonly done: Promise<CliResult>;
  /** What was written so far. */
  readonly written: { readonly stdout: string; readonly stderr: string };
  readonly send: (signal: SignalName) => void;
  /** What `connect` was called with. */
  readonly connected: readonly Settings[];
}

/** A folder of this test's own for the ledger. */
export async function tempFolder(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'livywire-test-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const silentSink = (written: { text: string }, isTTY: boolean): Sink => ({
  write: (text) => void (written.text += typeof text === 'string' ? text : Buffer.from(text).toString('utf8')),
  isTTY,
  columns: 80,
});

/** Starts a command line in this process, over a machine that is made up. */
export function startCli(argv: readonly string[], options: CliOptions = {}): RunningCli {
  const { env = {}, cwd = '/work', files = {}, tty = {}, clock = systemClock } = options;
  const out = { text: '' };
  const err = { text: '' };
  const listeners = new Set<(signal: SignalName) => void>();
  const connected: Settings[] = [];
  const connect = options.connect ?? (options.livywire && (() => options.livywire as Livywire));
  const io: Io = {
    stdout: silentSink(out, tty.stdout ?? false),
    stderr: silentSink(err, tty.stderr ?? false),
    stdin: {
      isTTY: tty.stdin ?? false,
      ...(options.keys && { stream: options.keys as unknown as NodeJS.ReadStream }),
    },
    env: { HOME: '/home/test', ...env },
    cwd,
    version: '9.9.9',
    clock,
    readStdin: async () => options.stdin ?? '',
    settingsIo: {
      home: () => '/home/test',
      readFile: async (path) => files[path],
      readStdin: async () => options.stdin ?? '',
      runCommand: async (command) => `token-from-${command}`,
    },
    exists: (path) => Object.hasOwn(files, path),
    onSignal(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    closed: options.closed ?? new AbortController().signal,
    ...(connect && {
      connect: (settings: Settings, more?: ConnectOptions) => {
        connected.push(settings);
        return connect(settings, more);
      },
    }),
    ...(options.ask && { ask: options.ask }),
    ...(options.local && { local: options.local }),
  };
  return {
    done: main(argv, io).then((code) => ({ code, stdout: out.text, stderr: err.text })),
    written: {
      get stdout() {
        return out.text;
      },
      get stderr() {
        return err.text;
      },
    },
    send: (signal) => [...listeners].forEach((listener) => listener(signal)),
    connected,
  };
}

/** Runs a command line to its end. */
export const cli = (argv: readonly string[], options?: CliOptions): Promise<CliResult> => startCli(argv, options).done;

/** Of `--json`: the one line on stdout, read. Fails the test when there is more. */
export function oneDocument(t: ExecutionContext, stdout: string): Record<string, unknown> {
  t.regex(stdout, /^[^\n]+\n$/, 'exactly one line');
  return JSON.parse(stdout) as Record<string, unknown>;
}

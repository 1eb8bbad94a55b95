#!/usr/bin/env node
import { existsSync, readFileSync } from 'node:fs';
import { isatty } from 'node:tty';
import type { Io, SignalName, Sink } from './io.js';

// `process` is the global one here: importing node:process opens the standard streams and costs 3 ms of a start of 30.

/** Set by the build; absent when the sources are run as they are. */
declare const __LIVYWIRE_VERSION__: string | undefined;

const version =
  typeof __LIVYWIRE_VERSION__ === 'string'
    ? __LIVYWIRE_VERSION__
    : (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version;

const INTERNAL_ERROR = 70; // exit-code.ts has the table; a program that could not even load it says so too
const signals: readonly SignalName[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

// The AWS SDK tells every program's user which Node.js it will ask for one day; that is for us to follow.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const argv = process.argv.slice(2);
if (argv.length === 1 && argv[0] === '--version') process.stdout.write(`${version}\n`);
else await start();

async function start(): Promise<void> {
  // Node would exit with 1, which is kept for applications that failed, or 13.
  let isDone = false;
  const crash = (error: unknown): void => {
    if (isDone) return; // it is being said already
    isDone = true;
    const debug = (process.env.LIVYWIRE_DEBUG ?? '') !== '';
    const text = error instanceof Error ? ((debug ? error.stack : undefined) ?? error.message) : String(error);
    void import('../core/index.js')
      .then(({ plainLine, redactText }) =>
        text
          .split('\n')
          .map((line) => plainLine(redactText(line)))
          .join('\n'),
      )
      // A message that cannot be made safe is not shown.
      .catch(() => (error instanceof Error ? error.constructor.name : typeof error))
      .then((safe) => {
        process.stderr.write(`livywire: This is a mistake in livywire ${version}, not in your job: ${safe}\n`);
        process.exit(INTERNAL_ERROR);
      });
  };
  process.on('uncaughtException', crash);
  process.on('exit', () => {
    if (!isDone) process.exitCode = INTERNAL_ERROR;
  });

  const closed = new AbortController();
  // A reader that went away (`| head`) is no error; there is just nobody left to tell.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') closed.abort();
    else crash(error);
  });
  process.stderr.on('error', () => undefined);

  const [{ main }, { systemClock }] = await Promise.all([import('./main.js'), import('../core/index.js')]);
  const io: Io = {
    stdout: sink(process.stdout),
    stderr: sink(process.stderr),
    stdin: {
      isTTY: isatty(0),
      get stream() {
        return process.stdin; // asking for it opens it
      },
    },
    env: process.env,
    cwd: process.cwd(),
    version,
    clock: systemClock,
    readStdin,
    exists: existsSync,
    onSignal(listener) {
      for (const signal of signals) process.on(signal, listener);
      return () => signals.forEach((signal) => process.off(signal, listener));
    },
    closed: closed.signal,
  };
  const code = await main(argv, io);
  if (isDone) return; // crashed, which has its own code
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  isDone = true;
  // What is still open (a socket that will not close, a request nobody waits for) must not hold the shell.
  process.exit(code);
}

function sink(stream: NodeJS.WriteStream): Sink {
  return {
    write: (text) => void stream.write(text),
    isTTY: stream.isTTY === true,
    get columns() {
      return stream.columns;
    },
    stream,
  };
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || !stream.writable) resolve();
    else stream.write('', () => resolve());
  });
}

async function readStdin(): Promise<string> {
  process.stdin.setEncoding('utf8');
  let text = '';
  for await (const part of process.stdin) text += String(part);
  return text;
}

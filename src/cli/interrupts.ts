import type { Context } from './define.js';
import type { Io, Question, SignalName } from './io.js';

/** Why a command was stopped from outside. Without a signal: nobody reads its output any more. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  constructor(
    readonly signal: SignalName | undefined,
    /** What becomes of the job, where there is one. */
    readonly wish: 'cancel' | 'leave',
    /** Chosen by a person at a terminal. */
    readonly asked: boolean,
  ) {
    super(signal === undefined ? 'stdout was closed' : `interrupted by ${signal}`);
  }
}

export type OnSignal = 'cancel' | 'leave';

const question: Question = {
  text: 'What shall become of the job?',
  choices: [
    { value: 'leave', label: 'Leave it running', hint: 'Ctrl-C again does the same' },
    { value: 'cancel', label: 'Stop it' },
    { value: 'continue', label: 'Keep following' },
  ],
};

export interface InterruptOptions {
  /** What a signal does to the job. `ask`: a person decides, where Ctrl-C came from a terminal. */
  readonly onSignal: OnSignal;
  readonly ask: boolean;
  /** Around a question: what is drawn on the terminal makes room. */
  readonly pause?: () => void;
  readonly resume?: () => void;
}

/** Turns signals into one `AbortSignal`; its reason is an {@link Interrupted}. */
export class Interrupts {
  readonly #io: Io;
  readonly #options: InterruptOptions;
  readonly #stop = new AbortController();
  readonly #again = new AbortController();
  readonly #over = new AbortController();
  readonly #off: () => void;
  #asking = false;

  constructor(io: Io, options: InterruptOptions) {
    this.#io = io;
    this.#options = options;
    this.#off = io.onSignal((signal) => this.#on(signal));
    const closed = () => this.#stop.abort(new Interrupted(undefined, 'leave', false));
    if (io.closed.aborted) closed();
    else io.closed.addEventListener('abort', closed, { once: true, signal: this.#over.signal });
  }

  /** Aborts at the first signal, or when a person has decided. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Aborts at one more signal after that: whoever waits for a cancel gives up. */
  get again(): AbortSignal {
    return this.#again.signal;
  }

  close(): void {
    this.#off();
    this.#over.abort();
  }

  #on(signal: SignalName): void {
    if (this.#stop.signal.aborted) return this.#again.abort(new Interrupted(signal, 'leave', false));
    if (this.#asking) return this.#stop.abort(new Interrupted(signal, 'leave', signal === 'SIGINT')); // the second Ctrl-C detaches
    if (signal === 'SIGINT' && this.#options.ask) void this.#ask();
    else this.#stop.abort(new Interrupted(signal, this.#options.onSignal, false));
  }

  async #ask(): Promise<void> {
    this.#asking = true;
    this.#options.pause?.();
    const ended = AbortSignal.any([this.#over.signal, this.#stop.signal]);
    const answer = await (this.#io.ask ?? askOnTerminal(this.#io))(question, ended).catch(() => undefined);
    this.#asking = false;
    this.#options.resume?.();
    if (ended.aborted || answer === 'continue') return;
    this.#stop.abort(new Interrupted('SIGINT', answer === 'cancel' ? 'cancel' : 'leave', true));
  }
}

/** `undefined`: Ctrl-C or Escape. */
const askOnTerminal =
  (io: Io) =>
  async ({ text, choices }: Question, signal: AbortSignal): Promise<string | undefined> => {
    // By key: in a list of clack's, vi's keys move the choice, and `l` for leave would end on another.
    const { isCancel, selectKey } = await import('@clack/prompts');
    // A prompt that was answered still hears its signal, and would write one more line.
    const open = new AbortController();
    const withdraw = (): void => open.abort();
    signal.addEventListener('abort', withdraw, { once: true });
    const answer = await selectKey({
      message: text,
      options: choices.map(({ label, hint }) => ({
        value: keyOf(label),
        label,
        ...(hint !== undefined && { hint }),
      })),
      signal: open.signal,
      ...(io.stdin.stream && { input: io.stdin.stream }),
      ...(io.stderr.stream && { output: io.stderr.stream }),
    });
    signal.removeEventListener('abort', withdraw);
    return isCancel(answer) ? undefined : choices.find(({ label }) => keyOf(label) === answer)?.value;
  };

/** Whether a person at the terminal says yes. Without an answer: no. */
export async function confirm(
  io: Io,
  out: Pick<Context['out'], 'hold' | 'release'>,
  text: string,
  signal: AbortSignal,
): Promise<boolean> {
  out.hold();
  const choices = [
    { value: 'no', label: 'No' },
    { value: 'yes', label: 'Yes' },
  ];
  const answer = await (io.ask ?? askOnTerminal(io))({ text, choices }, signal).catch(() => undefined);
  out.release();
  return answer === 'yes';
}

const keyOf = (label: string): string => label.charAt(0).toLowerCase();

/** For verbs that start or follow a job: `--on-signal` says what a signal does; without it a person at a terminal is asked. */
export function interruptsFor({ io, out }: Pick<Context, 'io' | 'out'>, onSignal: OnSignal | undefined): Interrupts {
  return new Interrupts(io, {
    onSignal: onSignal ?? 'leave',
    ask: onSignal === undefined && io.stdin.isTTY && io.stderr.isTTY,
    pause: () => out.hold(),
    resume: () => out.release(),
  });
}

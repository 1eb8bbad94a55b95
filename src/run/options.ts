import type {
  JobSpec,
  LogOpening,
  RunEvent,
  RunOutcome,
  RunRecord,
  RunRef,
  RunStatus,
  StopState,
} from '../core/index.js';
import type { Examined } from './diagnose-again.js';

export interface SubmitOptions {
  /**
   * What makes two submits the same run: submitting twice under one key starts one application.
   * It belongs to its ledger and to one endpoint. @defaultValue a random key, so every submit is a run of its own
   */
  readonly key?: string;
  /**
   * Start a new attempt when the run under this key ended so: `failed` covers failed and cancelled ones,
   * `lost` also those whose end nobody knows. @defaultValue no new attempt: the old outcome is returned
   */
  readonly retryOf?: 'failed' | 'lost';
  /**
   * The highest attempt that this submit may start: where the last one ended not well, and with fewer, there is a new one. So
   * an event that is delivered again (`1`, `1`) never starts anything again, and a redrive (`2`) does, once. What still runs, or
   * ended well, is adopted; so is the end of the last one where there were as many already. Refused ones, of which nothing was started, do
   * not count. It needs a key; `retryOf: 'failed'` beside it leaves a lost one as it is. @defaultValue no new attempt: the old outcome is returned
   */
  readonly attempt?: number;
  /** Send again although it is not certain that an earlier request was lost. May start a second application. @defaultValue `false` */
  readonly forceResend?: boolean;
  /**
   * The folder that the job writes: an absolute path or `file:///…`, the same for this process and for the job. The run
   * then has succeeded only if the `_SUCCESS` there is another one after it than right before it was sent; else it failed, with
   * `OUTPUT_MARKER_MISSING`. Another output under a key is a conflict. @defaultValue what the servers say is believed
   */
  readonly output?: string;
  /**
   * What the job reads: objects or prefixes in S3 (`s3://…`), or files and folders of this machine. Each must be there and readable
   * before a new attempt is made, else nothing is sent. An adopted run's are not looked at. @defaultValue nothing is looked at
   */
  readonly inputs?: readonly string[];
  /** SHA-256 of the code that runs, hex: kept in the ledger for people, and compared with nothing. */
  readonly codeSha256?: string;
  /**
   * Longest time to spend on back-pressure, on another process that is submitting the same key, and on a request of unknown
   * fate, in milliseconds. That last takes a minute of unbroken absence within one submit before anything is sent again: with
   * less than two minutes a request that was truly lost may end every submit of the key in `SubmitUnknownError`. @defaultValue `600_000`
   */
  readonly deadlineMs?: number;
  /** Ends the submit. What was sent already is not taken back; submit again with the same key to find it. */
  readonly signal?: AbortSignal;
}

export interface WaitOptions {
  /** Longest pause between two status reads, in milliseconds. @defaultValue `60_000` */
  readonly maxDelayMs?: number;
  /**
   * Stop waiting after this long, in milliseconds. The Spark job keeps running, and the
   * `WaitTimeoutError` carries the `RunRef` to come back with. @defaultValue `Infinity`
   */
  readonly timeoutMs?: number;
  /**
   * Stop waiting when the job does not run so long after it was submitted, in milliseconds: its request was sent then, as
   * the ledger has it, else its attempt was made. It counts while a server says that the job waits, and never again once one
   * has said that it runs or ran (YARN's RUNNING, or a second start of its master; Livy's `running` where YARN is not asked). The job stays in its queue, and the
   * `WaitTimeoutError` has `limit: 'queue-timeout'`. @defaultValue `Infinity`
   */
  readonly queueTimeoutMs?: number;
  /** Ends the wait, not the job. The promise rejects with `signal.reason`. */
  readonly signal?: AbortSignal;
}

export interface EventOptions extends WaitOptions, LogOpening {
  /**
   * `false`: no line is told, and none read but for the progress of a run without YARN. Then a run that somebody watches is read from
   * the ledger alone, as `wait` does. @defaultValue `true`
   */
  readonly log?: boolean;
}

export interface LogOptions extends LogOpening {
  /** Keep going until the run ends. @defaultValue `false`: what is there now */
  readonly follow?: boolean;
  /** Ends the reading, not the job. */
  readonly signal?: AbortSignal;
}

export interface CancelOptions {
  /** How long to wait for the proof that the application stopped, in milliseconds. @defaultValue `180_000` */
  readonly timeoutMs?: number;
  /** Ends the waiting. The job may have been asked to stop by then, and is not taken back. */
  readonly signal?: AbortSignal;
  /** Told each time when the cancel has come further, or a server answered that it has nothing to stop. */
  readonly onStop?: (state: StopState) => void;
}

/** One attempt of a run, from any process. */
export interface Run {
  /** Plain JSON; knows more once the backend has answered. */
  readonly ref: RunRef;
  /** `started`: by this submit · `adopted`: the key already had it · `attached`: by its ref. */
  readonly how: 'started' | 'adopted' | 'attached';
  /**
   * How it ended, as far as this handle knows without asking: of an adopted run what its ledger held, else what
   * `wait`, `watch`, `events` or `cancel` saw.
   */
  readonly outcome: RunOutcome | undefined;
  /**
   * One reading. An end that it sees is written to the ledger. Where a watcher of the ledger follows the run, it is that one's last
   * look, a minute or two old, with `source: 'ledger'`, and no server is asked.
   * @throws RunNotFoundError when no server and no ledger knows it any more; RunUnsentError when it was never started
   * @throws UnreachableError when somebody who may know did not answer
   * @throws AuthError, JobRefusedError when the server had refused it
   */
  status(options?: { readonly signal?: AbortSignal }): Promise<RunStatus>;
  /**
   * Every reading until the end. The pause between two is 5 % of the attempt's age: at least 1 s, or 5 s towards a
   * Livy that has YARN behind it, at most `maxDelayMs`. The last one is final, or `unknown` with `raw: 'lost'`. While a watcher of
   * the ledger follows the run they are that one's, from the ledger; without a word from it for three to five minutes, or with a
   * `queueTimeoutMs`, the servers are asked.
   * @throws WaitTimeoutError at `timeoutMs`
   * @throws UnreachableError after 15 minutes in which no server answered
   * @throws RunUnsentError when its submitter is gone and nothing was started; SubmitUnknownError when that cannot be told for 15 minutes
   * @throws AuthError, JobRefusedError when the server had refused it. The job goes on in each case but the last
   */
  watch(options?: WaitOptions): AsyncGenerator<RunStatus, void>;
  /**
   * The driver's lines, states and the outcome as they come; the last one is the outcome. stdout and stderr keep each
   * their own order, and there is none between them. The log is read every second while it flows (5 s towards a Livy over
   * YARN), and at least every 10 s; what was read is handed out before more is read. @throws as `watch` does
   */
  events(options?: EventOptions): AsyncGenerator<RunEvent, void>;
  /** Lines, gaps and notices only. With `follow` it throws as `watch` does. */
  logs(options?: LogOptions): AsyncGenerator<RunEvent, void>;
  /** Resolves with how it ended, failure included. @throws as `watch` does */
  wait(options?: WaitOptions): Promise<RunOutcome>;
  /** Like `wait`, but anything but success is thrown. @throws JobFailedError, and as `watch` does */
  result(options?: WaitOptions): Promise<RunOutcome>;
  /**
   * Why it failed, or was cancelled, from YARN's report and the log as they are now; without `diagnosis` where there is
   * nothing to explain. @throws as `status` does
   */
  diagnose(options?: { readonly signal?: AbortSignal }): Promise<Examined>;
  /**
   * Stops the application and proves it. Resolves with the outcome, which is what it was when it had ended already.
   * @throws WaitTimeoutError when no server said in time that it stopped; it may still be stopping
   * @throws UnreachableError when no server took the cancel
   * @throws AuthError
   */
  cancel(options?: CancelOptions): Promise<RunOutcome>;
}

/** The engine as the three entrances see it. */
export interface Runs {
  /**
   * Starts the job, or finds the run that its key already has.
   * @throws ConfigError, KeyConflictError, LedgerError before anything was sent
   * @throws JobRefusedError, AuthError, UnreachableError when nothing was started
   * @throws SubmitUnknownError when that is not known, whatever kept us from finding out (its `cause`); SubmitBusyError while another process is at it. The same key goes on
   */
  submit(spec: JobSpec, options?: SubmitOptions): Promise<Run>;
  /** No I/O: the ref is believed, and checked by the first read. */
  attach(ref: RunRef): Run;
  /**
   * A run by its key, Livy name, `livy:<id>` or application id; never guessed between them.
   * @throws RunNotFoundError, LedgerError; UnreachableError, AuthError where a server had to be asked
   */
  find(run: string, options?: { readonly signal?: AbortSignal }): Promise<Run>;
  /** What the ledger holds, newest first. Asks no server. @throws LedgerError */
  list(options?: { readonly since?: Date; readonly limit?: number }): AsyncIterable<RunRecord>;
  /**
   * The request that `submit` would send, as plain JSON. Sends and writes nothing; the inputs of a run that would be new
   * are looked at. Without a key its name is a random one, another each time. @throws ConfigError, KeyConflictError, LedgerError
   */
  plan(spec: JobSpec, options?: SubmitOptions): Promise<Readonly<Record<string, unknown>>>;
}

import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import process from 'node:process';
import { systemClock } from '../core/index.js';
import { REGION } from './aws-access.js';
import type { DeployedFunction } from './lambda-function.js';
import { errorOf, type Invoked, RuntimeApi } from './lambda-runtime-api.js';
import { MARK } from './process-id.js';

const exited = (how: string): Invoked => errorOf('Runtime.ExitError', `Error: Runtime exited ${how}`);

/**
 * One process of a function, with a Runtime API of its own. As at AWS it stands still between calls: what a handler left undone when
 * it answered goes on with the next call, or never.
 */
export class Sandbox {
  readonly #function: DeployedFunction;
  readonly #api: RuntimeApi;
  #child: ChildProcess | undefined;
  #isGone = false;
  isBusy = false;

  constructor(deployed: DeployedFunction) {
    this.#function = deployed;
    this.#api = new RuntimeApi(deployed, {
      onIdle: () => this.#child?.kill('SIGSTOP'),
      onCall: () => this.#child?.kill('SIGCONT'),
    });
  }

  /** Whether its process has ended, or is about to: another one has to be made. */
  get isGone(): boolean {
    return this.#isGone;
  }

  /** One call, to its answer or to its time's end. The first one starts the process. */
  async invoke(payload: string): Promise<Invoked> {
    const { timeoutMs } = this.#function;
    const answered = new AbortController();
    this.isBusy = true;
    try {
      const id = randomUUID();
      if (this.#child === undefined) await this.#start();
      const result = this.#api.call({ id, payload, deadline: systemClock.now() + timeoutMs });
      if (this.#isGone) this.#api.end(exited('with error: signal: SIGKILL')); // while it was being started
      void systemClock.sleep(timeoutMs, answered.signal).then(
        () => {
          const after = (timeoutMs / 1_000).toFixed(2);
          this.#api.end(errorOf('Sandbox.Timedout', `RequestId: ${id} Error: Task timed out after ${after} seconds`));
          this.kill();
        },
        () => undefined, // it was answered
      );
      return await result;
    } finally {
      answered.abort();
      this.isBusy = false;
    }
  }

  /** Ends the process in the midst of whatever it does. */
  kill(): void {
    this.#isGone = true;
    this.#child?.kill('SIGKILL');
  }

  async #start(): Promise<void> {
    const { name, dir, handler, env, runtime, log, timeoutMs } = this.#function;
    const api = await this.#api.listen();
    if (this.#isGone) {
      this.#api.close();
      return;
    }
    const [command, ...args] = runtime;
    const out = openSync(log, 'a', 0o600);
    const child = spawn(command, [...args, handler], {
      cwd: dir,
      // Not the environment of this process: a function has its own. The mark is how `down` finds what we started.
      env: {
        PATH: process.env.PATH,
        [MARK]: process.env[MARK],
        AWS_REGION: REGION,
        ...env,
        AWS_LAMBDA_RUNTIME_API: api,
        AWS_LAMBDA_FUNCTION_NAME: name,
        AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
        AWS_LAMBDA_FUNCTION_TIMEOUT: String(timeoutMs / 1_000),
        AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
        AWS_LAMBDA_LOG_STREAM_NAME: 'local',
        LAMBDA_TASK_ROOT: dir,
        _HANDLER: handler,
      },
      stdio: ['ignore', out, out],
    });
    closeSync(out);
    this.#child = child;
    const ended = (how: string): void => {
      this.#isGone = true;
      this.#api.end(exited(how));
      this.#api.close();
    };
    child.once('error', (error) => ended(`with error: ${error.message}`));
    child.once('exit', (code, signal) => {
      if (code === 0) ended('without providing a reason');
      else ended(`with error: ${signal === null ? `exit status ${code ?? 1}` : `signal: ${signal}`}`);
    });
  }
}

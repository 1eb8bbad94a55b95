import { CallRefused } from './aws-answer.js';
import type { DeployedFunction } from './lambda-function.js';
import type { Invoked } from './lambda-runtime-api.js';
import { Sandbox } from './lambda-sandbox.js';

/** Processes of one function at once. Lambda has a thousand; this machine does not. */
const CONCURRENCY = 4;

/** The local Lambda: functions by name, their processes kept warm. */
export class LambdaHost {
  readonly #functions = new Map<string, DeployedFunction>();
  readonly #sandboxes = new Map<string, Sandbox[]>();

  /** Deploys it, in the place of one of this name; calls that are under way end as they would have. */
  put(deployed: DeployedFunction): void {
    for (const sandbox of this.#sandboxes.get(deployed.name) ?? []) if (!sandbox.isBusy) sandbox.kill();
    this.#sandboxes.set(deployed.name, []);
    this.#functions.set(deployed.name, deployed);
  }

  /** Kills whatever of it is at work. @returns how many processes that were */
  kill(name: string): number {
    const busy = (this.#sandboxes.get(name) ?? []).filter(({ isBusy }) => isBusy);
    for (const sandbox of busy) sandbox.kill();
    return busy.length;
  }

  /** @param nameOrArn with or without a version behind it @throws CallRefused when there is none, or too many are at work */
  async invoke(nameOrArn: string, payload: string): Promise<Invoked> {
    const [, name = ''] = /(?:^|:function:)([\w-]+)(?::[\w$-]+)?$/.exec(nameOrArn) ?? [];
    const deployed = this.#functions.get(name);
    if (deployed === undefined) {
      throw new CallRefused('ResourceNotFoundException', `Function not found: ${nameOrArn}`, 404);
    }
    const sandboxes = (this.#sandboxes.get(name) ?? []).filter(({ isGone }) => !isGone);
    const idle = sandboxes.find(({ isBusy }) => !isBusy);
    if (idle === undefined && sandboxes.length >= CONCURRENCY) {
      throw new CallRefused('TooManyRequestsException', 'Rate Exceeded.', 429);
    }
    const sandbox = idle ?? new Sandbox(deployed);
    this.#sandboxes.set(name, idle ? sandboxes : [...sandboxes, sandbox]);
    return sandbox.invoke(payload === '' ? '{}' : payload);
  }

  /** Ends every process. */
  close(): void {
    for (const sandbox of [...this.#sandboxes.values()].flat()) sandbox.kill();
  }
}

import { ConfigError } from '../../core/index.js';
import type { RunAnswer } from '../answer.js';
import type { Invocation } from '../invocation.js';

/** Completes the task that has called with what it is to do next. @throws as Step Functions' API fails: the task calls again */
export async function answerTask(call: Invocation, token: string, answer: RunAnswer): Promise<void> {
  const { messenger } = await call.services().catch(() => call.readers());
  if (!messenger) throw new ConfigError('taskToken: this function cannot complete tasks', { field: 'taskToken' });
  const said = await messenger.succeed(token, answer, { signal: call.signal });
  if (said === 'gone') call.telemetry.log('INFO', 'the task waits no more', { run: answer.ref });
}

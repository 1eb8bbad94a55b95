import type { RunState, RunStatus } from '../core/index.js';
import { splitLog } from './log-lines.js';
import type { Batch } from './wire.js';

const STATES: ReadonlyMap<string, RunState> = new Map<string, RunState>([
  ['not_started', 'waiting'],
  ['starting', 'waiting'],
  ['recovering', 'waiting'],
  ['idle', 'running'],
  ['running', 'running'],
  ['busy', 'running'],
  ['shutting_down', 'running'],
  ['success', 'succeeded'],
  // A non-fatal error while Livy polls YARN is also called dead: whoever can ask YARN asks it.
  ['dead', 'failed'],
  ['error', 'failed'],
  ['killed', 'cancelled'],
]);

/** What Livy says of a batch, in our words. */
export function statusOf(batch: Batch): RunStatus {
  const { stdout, stderr, diagnostics } = splitLog(batch.log);
  const { driverLogUrl, sparkUiUrl } = batch.appInfo;
  return {
    raw: batch.state,
    state: STATES.get(batch.state) ?? 'unknown',
    source: 'livy',
    id: String(batch.id),
    ...(batch.name !== undefined && { name: batch.name }),
    ...(batch.appId !== undefined && { appId: batch.appId }),
    links: {
      ...(driverLogUrl !== undefined && { driverLog: driverLogUrl }),
      ...(sparkUiUrl !== undefined && { sparkUi: sparkUiUrl }),
    },
    ...(diagnostics.length > 0 && { message: diagnostics.join('\n') }),
    tail: [...stdout, ...stderr, ...diagnostics],
  };
}

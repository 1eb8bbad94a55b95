import type { StepSummary } from '@aws-sdk/client-emr';
import { redactText, type RunState, type RunStatus } from '../../core/index.js';
import { attemptNameIn } from './step-name.js';

/** A step as one of EMR's lists shows it, as far as we need it. */
export interface StepFacts {
  readonly id: string;
  /** The attempt's name, where the step is one of livywire's. */
  readonly name: string;
  /** `PENDING`, … as EMR says it. */
  readonly raw: string;
  /** EMR's clock, milliseconds. */
  readonly createdMs: number;
  /** Its spark-submit was started. */
  readonly hasStarted: boolean;
  /** EMR's clock, milliseconds. */
  readonly endedMs?: number;
  /** EMR's words about its end. */
  readonly message?: string;
  /** Where its logs go, where EMR says so. */
  readonly logUri?: string;
}

const STATES: ReadonlyMap<string, RunState> = new Map<string, RunState>([
  ['PENDING', 'waiting'],
  ['RUNNING', 'running'],
  ['CANCEL_PENDING', 'running'],
  ['COMPLETED', 'succeeded'],
  ['CANCELLED', 'cancelled'],
  ['FAILED', 'failed'],
  // The cluster went away under it, and its application with it.
  ['INTERRUPTED', 'failed'],
]);

/** `undefined` where EMR gives no id: nothing can be done with such a one. */
export function stepFacts({ Id: id, Name = '', Status = {}, LogUri: logUri }: StepSummary): StepFacts | undefined {
  if (id === undefined) return undefined;
  const { State = 'UNKNOWN', Timeline, FailureDetails, StateChangeReason } = Status;
  const words = [FailureDetails?.Reason, FailureDetails?.Message, StateChangeReason?.Message].filter(
    (one): one is string => one !== undefined && one !== '',
  );
  const log = FailureDetails?.LogFile;
  const message = [...new Set(words), ...(log === undefined ? [] : [`log: ${log}`])].join('; ');
  return {
    id,
    name: attemptNameIn(Name),
    raw: State,
    createdMs: Timeline?.CreationDateTime?.getTime() ?? 0,
    hasStarted: Timeline?.StartDateTime !== undefined,
    ...(Timeline?.EndDateTime && { endedMs: Timeline.EndDateTime.getTime() }),
    ...(message !== '' && { message: redactText(message) }),
    ...(logUri !== undefined && { logUri }),
  };
}

export const stateOf = ({ raw }: StepFacts): RunState => STATES.get(raw) ?? 'unknown';

export const isOver = (step: StepFacts): boolean => !['waiting', 'running', 'unknown'].includes(stateOf(step));

/** CancelSteps ends spark-submit; what it handed to YARN goes on, and without YARN nobody can say so. */
const UNCHECKED =
  'the step was cancelled after it had begun; CancelSteps does not stop a YARN application, and YARN was not asked whether one goes on (--yarn-url)';

/** What EMR says of a step, in our words. @param asksYarn whether YARN is asked beside EMR */
export function statusOfStep(
  step: StepFacts,
  { appId, asksYarn }: { readonly appId: string | undefined; readonly asksYarn: boolean },
): RunStatus {
  const isUnchecked = step.raw === 'CANCELLED' && step.hasStarted && !asksYarn;
  const message = [step.message, isUnchecked ? UNCHECKED : undefined].filter((one) => one !== undefined).join('; ');
  return {
    raw: step.raw,
    state: stateOf(step),
    source: 'emr',
    id: step.id,
    name: step.name,
    ...(appId !== undefined && { appId }),
    links: step.logUri === undefined ? {} : { driverLog: step.logUri },
    ...(message !== '' && { message }),
  };
}

import type { StepState, StepView } from './picture.js';

/** Where an error is told: each kind of event has a field of its own for it. */
interface ErrorDetails {
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
}

/** One event of an execution, as GetExecutionHistory gives it. */
export interface HistoryEvent {
  readonly id?: number | undefined;
  readonly previousEventId?: number | undefined;
  readonly type?: string | undefined;
  readonly timestamp?: Date | undefined;
  readonly stateEnteredEventDetails?: { readonly name?: string | undefined } | undefined;
  readonly stateExitedEventDetails?: { readonly name?: string | undefined } | undefined;
  readonly mapStateStartedEventDetails?: { readonly length?: number | undefined } | undefined;
}

const LONGEST_CAUSE = 500;

/** The states of a step are named `step` and `step: what`. */
const stepOf = (state: string, names: ReadonlySet<string>): string | undefined => {
  if (names.has(state)) return state;
  const [name = ''] = state.split(': ');
  return state.includes(': ') && names.has(name) ? name : undefined;
};

interface Growing {
  state: StepState;
  startedMs?: number;
  endedMs?: number;
  retries: number;
  items?: { ended: number; failed: number; all: number };
  error?: string;
  cause?: string;
}

/** The one field of an event that tells an error, whatever its name. */
function errorIn(event: HistoryEvent): ErrorDetails | undefined {
  const fields = Object.entries(event) as [string, unknown][];
  const details = fields.find(([name, value]) => name.endsWith('EventDetails') && value !== undefined);
  const [, found] = details ?? [];
  return typeof found === 'object' && found !== null && 'error' in found ? (found as ErrorDetails) : undefined;
}

/** A failure that was tried again: another try begins where it happened, or the step counts one itself. */
const isNewTry = (type: string, isFailed: boolean): boolean =>
  isFailed && (type === 'TaskScheduled' || type === 'LambdaFunctionScheduled' || type === 'ParallelStateStarted');

/**
 * How each step stands, from an execution's history in its order. A step that was not reached is waiting, or aborted where the
 * execution has ended.
 */
export function stepViews(
  names: readonly string[],
  events: readonly HistoryEvent[],
  { hasEnded }: { readonly hasEnded: boolean },
): ReadonlyMap<string, StepView> {
  const known = new Set(names);
  const views = new Map<string, Growing>();
  const stateOf = new Map<number, string>();
  /** States in which the last thing that happened was a failure. */
  const failedStates = new Set<string>();
  for (const event of events) {
    const { id = 0, previousEventId = 0, type = '' } = event;
    const entered = event.stateEnteredEventDetails?.name;
    const exited = event.stateExitedEventDetails?.name;
    // What happens between has no name: it is of the state that the event before it is of.
    const state = entered ?? exited ?? stateOf.get(previousEventId);
    if (state === undefined) continue;
    stateOf.set(id, state);
    const step = stepOf(state, known);
    if (step === undefined) continue;
    const view = views.get(step) ?? { state: 'running', retries: 0 };
    views.set(step, view);
    const atMs = event.timestamp?.getTime();
    if (view.startedMs === undefined && atMs !== undefined) view.startedMs = atMs;
    if (isNewTry(type, failedStates.has(state)) || (entered?.endsWith(': Count the retry') ?? false)) view.retries++;
    failedStates.delete(state);
    if (view.state === 'failed') goesOn(view);
    follow(view, { event, type, isOutermost: state === step, atMs });
    if (/(Failed|TimedOut)$/.test(type)) failedStates.add(state);
  }
  for (const view of views.values()) if (hasEnded && view.state === 'running') view.state = 'aborted';
  const unreached: StepView = { state: 'waiting', retries: 0 };
  return new Map(names.map((name) => [name, views.get(name) ?? unreached]));
}

/** It was retried, or redriven. */
function goesOn(view: Growing): void {
  view.state = 'running';
  delete view.endedMs;
  delete view.error;
  delete view.cause;
}

interface Happening {
  readonly event: HistoryEvent;
  readonly type: string;
  /** Whether it is of the state that is the step, not of one within it. */
  readonly isOutermost: boolean;
  readonly atMs: number | undefined;
}

function follow(view: Growing, { event, type, isOutermost, atMs }: Happening): void {
  const items = (view.items ??= { ended: 0, failed: 0, all: 0 });
  if (type === 'MapStateStarted') items.all = event.mapStateStartedEventDetails?.length ?? 0;
  if (type === 'MapIterationSucceeded') items.ended++;
  if (type === 'MapIterationFailed') {
    items.ended++;
    items.failed++;
  }
  if (items.all === 0) delete view.items;
  if (isOutermost && type.endsWith('StateExited')) {
    view.state = 'succeeded';
    delete view.error;
    delete view.cause;
    if (atMs !== undefined) view.endedMs = atMs;
  } else if (/(Failed|TimedOut)$/.test(type)) {
    view.state = 'failed';
    if (atMs !== undefined) view.endedMs = atMs;
    const { error, cause } = errorIn(event) ?? {};
    if (error !== undefined) view.error = error;
    if (cause !== undefined) view.cause = cause.slice(0, LONGEST_CAUSE);
  }
}

/**
 * The handlers for AWS Lambda: events in, plain JSON out, nothing going on after the answer.
 * @module
 */
export type { DiagnoseAnswer, Next, RunAnswer, ShortDiagnosis, ShortOutcome, ShortStatus, Trouble } from './answer.js';
export { type CancelHandlerOptions, createCancelHandler, handler as cancel } from './cancel.js';
export type { LambdaContext } from './context.js';
export { createDiagnoseHandler, handler as diagnose } from './diagnose.js';
export type { SubmitEventAnswer } from './events/answer.js';
export type { Happening } from './events/happening.js';
export type { JobForEvents, JobTemplate } from './events/template.js';
export type { Handler, HandlerOptions } from './invocation.js';
export type { DiagnosePayload, Execution, RunPayload } from './payload-types.js';
export { runsOfEvent } from './runs-of-event.js';
export type { OpenServices, Services, Wishes } from './services.js';
export { createStatusHandler, handler as status, type StatusHandlerOptions } from './status.js';
export { createWatchHandler, handler as watch, type WatchAnswer, type WatchHandlerOptions } from './watch.js';
export { createSubmitHandler, handler as submit, type SubmitHandlerOptions } from './submit.js';

import type { RunAnswer } from './answer.js';
import { createHandler, type Handler, type HandlerOptions } from './invocation.js';
import { submitRequestOf, unpacked } from './payload.js';
import type { SubmitEventAnswer } from './events/answer.js';
import { submitEvents } from './events/submit-events.js';
import { sourceOf } from './events/sources.js';
import { type JobForEvents, templateOf } from './events/template.js';
import { submitRun } from './submit-run.js';
import { errorOfOutcome } from './thrown.js';
import { answerTask } from './tell/answer-task.js';
import { tellEnds } from './tell/tell-ends.js';
import { checkDecided, isAfterTrouble, type TroubleOptions } from './trouble.js';
import { type HistoryOptions, isHistoryFull } from './turns.js';

export interface SubmitHandlerOptions extends HandlerOptions, HistoryOptions, TroubleOptions {
  /**
   * What an event from S3, EventBridge, SQS or Kinesis starts: a job with placeholders, or a function that makes it.
   * @defaultValue the JSON in `LIVYWIRE_JOB` of the environment
   */
  readonly job?: JobForEvents;
}

/**
 * The function that starts runs. A state machine, a person or a program sends a `RunPayload` and gets a `RunAnswer`; once the
 * run has ended in anything but success, that is thrown, under the code of its diagnosis. Events of S3, EventBridge, SQS and
 * Kinesis start the job of `job`, one run for each thing that happened, however often it is told of it.
 * @example
 * export const handler = createSubmitHandler({ job: { file: 's3://jobs/etl.py', args: ['{uri}'] } });
 */
export function createSubmitHandler(options: SubmitHandlerOptions = {}): Handler<RunAnswer | SubmitEventAnswer> {
  return createHandler<RunAnswer | SubmitEventAnswer>(
    'submit',
    options,
    async (event, call) => {
      const source = sourceOf(event);
      if (source) return submitEvents(call, source, templateOf(options.job, call.env));
      const request = submitRequestOf(unpacked(event), call.context);
      const { answer, outcome } = await submitRun(call, request);
      if (outcome) await tellEnds(call, await call.services().catch(() => call.readers()), request.key);
      if (outcome && outcome.kind !== 'succeeded')
        throw errorOfOutcome(outcome, request.run?.timedOut === true && request.run.ref?.name === outcome.ref.name);
      // Where `status` fails each time nobody else looks at the history.
      const goesOn = answer.next === 'status' || answer.next === 'submit' || answer.next === 'cancel';
      const isFull = goesOn && isHistoryFull(answer.events, options);
      checkDecided(call, answer, { ...options, isFull });
      const said = isFull ? ({ ...answer, next: 'hand-over' } as const) : answer;
      // A run that goes on, and that all is well with, is the watcher's to tell of.
      const isWatched = said.next === 'status' && !isAfterTrouble(request);
      if (request.taskToken !== undefined && !isWatched) await answerTask(call, request.taskToken, said);
      return said;
    },
    { starts: true },
  );
}

/** As Lambda calls it. */
export const handler = createSubmitHandler();

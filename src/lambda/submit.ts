import type { RunAnswer } from './answer.js';
import type { SubmitEventAnswer } from './events/answer.js';
import type { JobForEvents } from './events/template.js';
import { createHandler, type Handler, type HandlerOptions } from './invocation.js';
import { loadEvents, loadTell, loadTrouble } from './later.js';
import { submitRequestOf, unpacked } from './payload.js';
import { submitRun } from './submit-run.js';
import type { TroubleOptions } from './trouble.js';
import { type HistoryOptions, isAfterTrouble, isHistoryFull } from './turns.js';

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
      if (mayTell(event)) {
        const { sourceOf, submitEvents, templateOf } = await loadEvents();
        const source = sourceOf(event);
        if (source) return submitEvents(call, source, templateOf(options.job, call.env));
      }
      const request = submitRequestOf(unpacked(event), call.context);
      const { answer, outcome } = await submitRun(call, request);
      if (outcome) {
        const { tellEnds, errorOfOutcome } = await loadTell();
        await tellEnds(call, await call.services().catch(() => call.readers()), request.key);
        if (outcome.kind !== 'succeeded')
          throw errorOfOutcome(outcome, request.run?.timedOut === true && request.run.ref?.name === outcome.ref.name);
      }
      // Where `status` fails each time nobody else looks at the history.
      const goesOn = answer.next === 'status' || answer.next === 'submit' || answer.next === 'cancel';
      const isFull = goesOn && isHistoryFull(answer.events, options);
      if (answer.trouble) (await loadTrouble()).checkDecided(call, answer, { ...options, isFull });
      const said = isFull ? ({ ...answer, next: 'hand-over' } as const) : answer;
      // A run that goes on, and that all is well with, is the watcher's to tell of.
      const isWatched = said.next === 'status' && !isAfterTrouble(request);
      if (request.taskToken !== undefined && !isWatched)
        await (await loadTell()).answerTask(call, request.taskToken, said);
      return said;
    },
    { starts: true },
  );
}

/** Whether it may come from somebody who tells of things that happened: a list of records, an event on a bus, S3's test. */
const mayTell = (event: unknown): boolean =>
  typeof event === 'object' && event !== null && ['Records', 'detail-type', 'Event'].some((name) => name in event);

/** As Lambda calls it. */
export const handler = createSubmitHandler();

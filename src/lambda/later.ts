// Read when it is first needed, and once: a cold start reads no more than it has to.
import { once } from '../core/index.js';

/** For what S3, EventBridge and queues tell of; a state machine tells of nothing. */
export const loadEvents = once(async () => {
  const [{ sourceOf }, { submitEvents }, { templateOf }] = await Promise.all([
    import('./events/sources.js'),
    import('./events/submit-events.js'),
    import('./events/template.js'),
  ]);
  return { sourceOf, submitEvents, templateOf };
});

/** For whoever waits for the end of a run, once it has come. */
export const loadTell = once(async () => {
  const [{ tellEnds }, { answerTask }, { errorOfOutcome }] = await Promise.all([
    import('./tell/tell-ends.js'),
    import('./tell/answer-task.js'),
    import('./tell/error-of-outcome.js'),
  ]);
  return { tellEnds, answerTask, errorOfOutcome };
});

/** For whoever is to be told of it. */
export const loadListeners = once(() => import('./tell/keep-listener.js'));

/** For executions in which another handler has failed. */
export const loadTrouble = once(() => import('./trouble.js'));

/**
 * Whoever waits for the end of a run, and how they are told.
 * @module
 */
export { answerTask } from './answer-task.js';
export { errorOfOutcome } from './error-of-outcome.js';
export { keepListeners, listenersOf } from './keep-listener.js';
export { tellEnds } from './tell-ends.js';

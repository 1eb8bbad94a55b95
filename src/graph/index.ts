/**
 * Pictures of a pipeline: as it is designed, and as an execution of it stands.
 * @module
 */
export { type HistoryEvent, stepViews } from './history.js';
export { mermaid } from './mermaid.js';
export { type Picture, type PictureStep, type StepState, type StepView } from './picture.js';
export { svg } from './svg.js';

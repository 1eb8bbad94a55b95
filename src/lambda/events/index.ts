/**
 * What S3, EventBridge, SQS and Kinesis tell of, and the runs that it starts.
 * @module
 */
export { sourceOf } from './sources.js';
export { submitEvents } from './submit-events.js';
export { templateOf } from './template.js';

/**
 * Attempts as steps of an EMR cluster: command-runner's spark-submit, found again by the step's name.
 * @module
 */
export { StepBackend, type StepBackendOptions } from './step-backend.js';

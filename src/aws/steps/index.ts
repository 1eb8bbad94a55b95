/**
 * Attempts as steps of an EMR cluster: command-runner's spark-submit, found again by the step's name.
 * @module
 */
export { StepBackend, type StepBackendOptions, stepsEndpoint } from './step-backend.js';
export type { StepClients } from './step-api.js';

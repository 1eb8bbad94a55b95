/**
 * Attempts as steps of an EMR cluster: command-runner's spark-submit, found again by the step's name.
 * @module
 */
export { connectToSteps, type ConnectToStepsOptions, type StepsConnection } from './connect-to-steps.js';
export { StepBackend, type StepBackendOptions } from './step-backend.js';
export type { StepClients } from './step-api.js';

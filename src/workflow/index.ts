/**
 * State machines of Step Functions as plain data, one function each.
 * @module
 */
export type { Json, State, StateMachine } from './asl.js';
export type { MachineRetry } from './own-retries.js';
export { runGlueJob, type RunGlueJobOptions } from './run-glue-job.js';
export { runGlueWorkflow, type RunGlueWorkflowOptions } from './run-glue-workflow.js';
export { type HandlerFunctions, runSparkJob, type RunSparkJobOptions } from './run-spark-job.js';
export { runSparkStep, type RunSparkStepOptions } from './run-spark-step.js';

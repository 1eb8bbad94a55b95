/**
 * State machines of Step Functions as plain data, one function each.
 * @module
 */
export type { Json, State, StateMachine } from './asl.js';
export {
  cfnTemplate,
  type DeployOptions,
  describeDeployment,
  type FunctionCode,
  type HandlerName,
  handlers,
  intrinsicOf,
  type MachineToDeploy,
  type MadeDeployment,
  mapValue,
  PLACEHOLDER_PREFIX,
  samTemplate,
  terraformFiles,
  terraformVariables,
  type Value,
} from './deploy/index.js';
export type { MachineRetry } from './own-retries.js';
export {
  type CompiledPipeline,
  type CompileOptions,
  compilePipeline,
  type Locate,
  type PipelineDescription,
  PipelineError,
  type PipelinePath,
  type Position,
  type Problem,
  type StepDescription,
  stepKinds,
  type StepSummary,
} from './pipeline/index.js';
export { runGlueJob, type RunGlueJobOptions } from './run-glue-job.js';
export { runGlueWorkflow, type RunGlueWorkflowOptions } from './run-glue-workflow.js';
export { type HandlerFunctions, runSparkJob, type RunSparkJobOptions } from './run-spark-job.js';
export { runSparkStep, type RunSparkStepOptions } from './run-spark-step.js';

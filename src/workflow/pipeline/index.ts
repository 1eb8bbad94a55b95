/**
 * Pipelines: a description of steps that becomes one state machine.
 * @module
 */
export { type CompiledPipeline, type CompileOptions, compilePipeline, type StepSummary } from './compile.js';
export type { PipelineDescription, StepDescription } from './description.js';
export { kinds as stepKinds } from './kinds/index.js';
export { type Locate, PipelineError, type Path as PipelinePath, type Position, type Problem } from './problems.js';

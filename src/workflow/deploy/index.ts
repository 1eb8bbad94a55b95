/**
 * What has to be in an account for a machine to run by itself, as data, and as the templates that put it there.
 * @module
 */
export { describeDeployment, type MadeDeployment } from './deployment.js';
export { intrinsicOf, mapValue, type Value } from './model.js';
export { type DeployOptions, type FunctionCode, type HandlerName, handlers, type MachineToDeploy } from './options.js';
export { PLACEHOLDER_PREFIX } from './placeholders.js';
export { cfnTemplate } from './write-cfn.js';
export { samTemplate } from './write-sam.js';
export { terraformFiles, terraformVariables } from './write-terraform.js';

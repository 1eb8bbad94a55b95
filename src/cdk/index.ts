/**
 * A construct for users of the AWS CDK: the machine run-spark-job with all it needs.
 * @module
 */
export { SparkJob, type SparkJobProps } from './spark-job.js';

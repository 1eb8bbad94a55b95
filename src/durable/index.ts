/**
 * A Spark job as an AWS durable function, or as a part of one: nothing runs while it is waited for.
 * @module
 */
export { createDurableSparkJob, type DurableSparkJobOptions, handler } from './durable-spark-job.js';
export { createSparkJob, type DurableRunPayload, type SparkJobOf, type SparkJobOptions } from './spark-job.js';

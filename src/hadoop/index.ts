/**
 * What stands behind Livy: YARN's ResourceManager, Spark's monitoring API and History Server, event logs.
 * @module
 */
export { readEventLog } from './event-log.js';
export { readSparkFacts, type SparkFactsOptions } from './spark-facts.js';
export { SparkHistory } from './spark-history.js';
export { YarnRegistry, type YarnRegistryOptions } from './yarn-registry.js';

/**
 * What stands behind Livy: YARN's ResourceManager and Spark's History Server.
 * @module
 */
export { SparkHistory } from './spark-history.js';
export { YarnRegistry, type YarnRegistryOptions } from './yarn-registry.js';

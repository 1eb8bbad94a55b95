/**
 * What stands behind Livy: YARN's ResourceManager, Spark's monitoring API and History Server, event logs.
 * @module
 */
export { ArchiveWait } from './archive-wait.js';
export { ArchivedLog, type ArchivedLogOptions } from './archived-log.js';
export { DriverLog, type DriverLogOptions } from './driver-log.js';
export { proxyOfLink } from './driver-ui.js';
export { readEventLog } from './event-log.js';
export { readSparkFacts, type SparkFactsOptions } from './spark-facts.js';
export { SparkHistory } from './spark-history.js';
export { SparkProgress, type SparkProgressOptions } from './spark-progress.js';
export { LineSplitter } from './line-splitter.js';
export { YarnHa } from './yarn-ha.js';
export { YarnRegistry, type YarnRegistryOptions } from './yarn-registry.js';
export { YarnWaiting, type YarnWaitingOptions } from './yarn-waiting.js';

/**
 * EMR clusters: found by name, id or tag, waited for while they start, and their end as the end of their runs.
 * @module
 */
export type { AddressKind } from './addresses.js';
export type { ClusterLine, EmrCluster } from './cluster.js';
export { type ClusterConnection, connectToCluster, type ConnectToClusterOptions } from './connect-to-cluster.js';
export { type ClusterOverview, listClusters, lookAtCluster, type LookOptions } from './overview.js';
export { logFolderOf } from './log-folder.js';
export { primaryInstance } from './primary-instance.js';
export { pagesOfRun, type PagesOptions, type RunPage } from './run-pages.js';

/**
 * A run as plain data, and that data as one HTML page that needs no server.
 * @module
 */
export { cleanReport, cleanText } from './clean.js';
export { type PageAssets, renderPage } from './page.js';
export { pageAssets } from './page-assets.js';
export type { ReportAttempt, ReportLog, ReportLogItem, RunReport } from './run-report.js';

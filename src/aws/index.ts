/**
 * What livywire does in AWS: clients the SDK's way, the ledger and the outputs in S3. Each part loads its SDK when it is first used.
 * @module
 */
export { type AwsClients, awsClients } from './clients.js';
export { type AwsQuestion, awsErrorName, awsStatusOf, explainAwsError } from './explain-error.js';
export { s3Ledger, type S3LedgerOptions } from './open-s3-ledger.js';
export type { AwsSettings } from './settings.js';

/**
 * Logs that EMR copies to S3: of containers and of steps, unpacked while they are read.
 * @module
 */
export { S3Logs } from './s3-logs.js';

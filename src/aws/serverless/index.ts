/**
 * Attempts as job runs of an EMR Serverless application, each request under a token of its own.
 * @module
 */
export {
  connectToServerless,
  type ConnectToServerlessOptions,
  type ServerlessConnection,
} from './connect-to-serverless.js';
export { serverlessLivy, type ServerlessLivy, type ServerlessLivyOptions } from './serverless-livy.js';

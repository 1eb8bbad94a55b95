import {
  type BackendMaker,
  type BackendParts,
  type CallOptions,
  missingPackage,
  systemClock,
} from '../../core/index.js';
import { createNetwork } from '../../http/index.js';
import { explainAwsError } from '../explain-error.js';
import type { AwsSettings } from '../settings.js';

export interface ConnectToServerlessOptions extends AwsSettings {
  /** ARN of the role that jobs run as. Needed to start one. */
  readonly executionRole?: string;
  /** Where the logs go in S3, and are read from. @defaultValue as the application says; livywire then reads none */
  readonly logUri?: string;
}

/** What `createLivywire` needs to run jobs on EMR Serverless: hand it on as it is, with a ledger. */
export interface ServerlessConnection {
  readonly backend: BackendMaker;
  /** The link to a job run's Spark UI. Whoever has it can see the run for an hour. IAM: `emr-serverless:GetDashboardForJobRun` */
  readonly dashboard: (jobRunId: string, options?: CallOptions) => Promise<string | undefined>;
  readonly logFolders: readonly string[];
}

/** Starts nothing and checks nothing. */
const onlyAsking: BackendParts = {
  clock: systemClock,
  logger: { debug: () => undefined, info: () => undefined, warn: () => undefined },
  check: () => undefined,
};

const PACKAGE = '@aws-sdk/client-emr-serverless';

/**
 * An application of EMR Serverless in the place of a Livy. Asks nothing yet. Needs the package `@aws-sdk/client-emr-serverless`,
 * which livywire does not bring.
 *
 * IAM: `emr-serverless:StartJobRun` (with `iam:PassRole` for the role), `GetJobRun`, `ListJobRuns`, `CancelJobRun`.
 * @throws ConfigError where the package is missing, or no region is set
 * @example
 * const emr = await connectToServerless('00f1a2b3c4d5e6f7', { executionRole: 'arn:aws:iam::123456789012:role/etl' });
 * const lw = createLivywire({ ...emr, ledger: s3Ledger('s3://team-bucket/livywire') });
 */
export async function connectToServerless(
  applicationId: string,
  { executionRole, logUri, ...settings }: ConnectToServerlessOptions = {},
): Promise<ServerlessConnection> {
  const [{ ServerlessBackend }, { emrServerlessClient, emrServerlessClientOnce }] = await Promise.all([
    import('./serverless-backend.js'),
    import('../sdk/emr-serverless-client.js'),
  ]).catch((error: unknown) => {
    throw missingPackage(error, PACKAGE, { who: 'EMR Serverless', field: '--backend' });
  });
  const network = createNetwork(settings.proxyEnv ? { env: settings.proxyEnv } : {});
  const client = emrServerlessClient({ ...settings, network });
  const clientOnce = emrServerlessClientOnce({ ...settings, network });
  const region = await client.config.region().catch((error: unknown) => {
    throw explainAwsError(error, { service: 'EMR Serverless', doing: 'EMR Serverless cannot be asked' });
  });
  const make = (parts: BackendParts) =>
    new ServerlessBackend({ ...parts, client, clientOnce, applicationId, region, executionRole, logUri });
  return {
    backend: make,
    dashboard: (jobRunId, options) => make(onlyAsking).dashboard(jobRunId, options),
    logFolders: logUri === undefined ? [] : [`${logUri.replace(/\/+$/, '')}/applications/${applicationId}/jobs`],
  };
}

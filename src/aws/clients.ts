import type { EMRClient } from '@aws-sdk/client-emr';
import type { S3Client } from '@aws-sdk/client-s3';
import type { STSClient } from '@aws-sdk/client-sts';
import { once } from '../core/index.js';
import { createNetwork } from '../http/index.js';
import type { ClientSettings } from './sdk/client-settings.js';
import type { AwsSettings } from './settings.js';

/** The services' clients: each is loaded and made when it is first asked for, once, and kept for its sockets. */
export interface AwsClients {
  s3(): Promise<S3Client>;
  emr(): Promise<EMRClient>;
  /** Sends each request once: for those that start something and carry no token. */
  emrOnce(): Promise<EMRClient>;
  sts(): Promise<STSClient>;
  /** Closes every connection: calls under way fail. */
  close(): void;
}

/** Does no I/O by itself. @throws ConfigError for a proxy that cannot be used */
export function awsClients(settings: AwsSettings = {}): AwsClients {
  const network = createNetwork(settings.proxyEnv ? { env: settings.proxyEnv } : {});
  const given: ClientSettings = { ...settings, network };
  return {
    s3: once(async () => (await import('./sdk/s3-client.js')).s3Client(given)),
    emr: once(async () => (await import('./sdk/emr-client.js')).emrClient(given)),
    emrOnce: once(async () => (await import('./sdk/emr-client.js')).emrClientOnce(given)),
    sts: once(async () => (await import('./sdk/sts-client.js')).stsClient(given)),
    close: () => network.close(),
  };
}

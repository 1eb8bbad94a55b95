import { fileURLToPath } from 'node:url';
import { startServer } from './server.js';

export interface S3Stub {
  /** What the AWS SDK finds in its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Puts empty objects there. */
  readonly fill: (keys: readonly string[]) => Promise<void>;
  /** Requests since the last time, by kind and what a ledger keeps there: `{ 'PUT runs': 4 }`. */
  readonly asked: () => Promise<Readonly<Record<string, number>>>;
  readonly stop: () => Promise<void>;
}

export async function startS3Stub(): Promise<S3Stub> {
  const { url, stop } = await startServer(fileURLToPath(new URL('./s3-stub-main.ts', import.meta.url)), []);
  return {
    env: {
      AWS_ENDPOINT_URL: url,
      AWS_ACCESS_KEY_ID: 'stand-in',
      AWS_SECRET_ACCESS_KEY: 'stand-in-secret',
      AWS_REGION: 'eu-west-1',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    async fill(keys) {
      await fetch(`${url}/-bench`, { method: 'POST', body: keys.join('\n') });
    },
    asked: async () => (await (await fetch(`${url}/-bench`)).json()) as Record<string, number>,
    stop,
  };
}

import { type Clock, ConfigError, systemClock } from '../../core/index.js';
import { type Auth, createNetwork } from '../../http/index.js';
import { explainAwsError } from '../explain-error.js';
import type { AwsSettings } from '../settings.js';

export interface ServerlessLivyOptions extends AwsSettings {
  readonly clock?: Clock;
}

/** What `new LivyClient` needs for the Livy of an EMR Serverless application. */
export interface ServerlessLivy {
  readonly url: string;
  readonly auth: Auth;
}

const SERVICE = 'emr-serverless';

/**
 * The Livy endpoint of an EMR Serverless application, each request signed with the AWS credentials of whoever asks. It serves
 * sessions and statements only: no batches, no logs. A session's role is one of its settings. Asks nothing yet.
 *
 * IAM: `emr-serverless:AccessLivyEndpoints` on the application, `iam:PassRole` for the role.
 * @throws ConfigError for what is no application's id, or where no region is set
 * @example
 * const livy = new LivyClient(await serverlessLivy('00f1a2b3c4d5e6f7'));
 * const role = 'arn:aws:iam::123456789012:role/etl';
 * const session = await livy.sessions.create({ kind: 'pyspark', conf: { 'emr-serverless.session.executionRoleArn': role } });
 */
export async function serverlessLivy(
  applicationId: string,
  { clock = systemClock, ...settings }: ServerlessLivyOptions = {},
): Promise<ServerlessLivy> {
  if (!/^[0-9a-z]{1,64}$/.test(applicationId)) {
    throw new ConfigError('applicationId should be the id of an application, as in 00f1a2b3c4d5e6f7', {
      field: 'applicationId',
    });
  }
  const [{ stsClient }, { signer }] = await Promise.all([
    import('../sdk/sts-client.js'),
    import('../sdk/signature.js'),
  ]);
  const network = createNetwork(settings.proxyEnv ? { env: settings.proxyEnv } : {});
  // Nothing is asked of it: it knows region and credentials as every client of the SDK does.
  const { config } = stsClient({ ...settings, network });
  const explained = (error: unknown) =>
    explainAwsError(error, {
      service: 'EMR Serverless',
      doing: 'requests to the Livy of EMR Serverless cannot be signed',
      profile: settings.profile,
    });
  const region = await config.region().catch((error: unknown) => {
    throw explained(error);
  });
  if (!/^[a-z0-9-]+$/.test(region)) throw explained(new Error(`Region not accepted: region="${region}"`));
  const sign = signer({ service: SERVICE, region, credentials: config.credentials, clock });
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return {
    url: settings.endpointUrl ?? `https://${applicationId}.livy.${SERVICE}-services.${region}.${domain}`,
    auth: {
      headers: (request, { refused }) =>
        // A new signature by the same credentials would be refused as well.
        refused ??
        sign(request).catch((error: unknown) => {
          throw explained(error);
        }),
    },
  };
}

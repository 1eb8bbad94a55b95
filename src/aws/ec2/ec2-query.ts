import { text } from 'node:stream/consumers';
import { type Clock, systemClock } from '../../core/index.js';
import type { AwsClients } from '../clients.js';
import { explainAwsError } from '../explain-error.js';
import type { RoutedHandler } from '../sdk/routed-handler.js';
import type { AwsSettings } from '../settings.js';

export interface Ec2Options extends Pick<AwsSettings, 'profile' | 'endpointUrl'> {
  readonly region: string;
  readonly clients: Pick<AwsClients, 'sts'>;
  readonly clock?: Clock;
  readonly signal?: AbortSignal | undefined;
}

const VERSION = '2016-11-15';
const TIMEOUT_MS = 10_000;

/**
 * One read of EC2: a signed GET and its XML, parsed. EC2's own client in the SDK is larger than livywire with all it needs, and
 * would be there for two questions. Region, credentials, proxies and addresses are those of the other clients.
 * @returns the answer's root: each element its text, an object, or an array where it comes more than once
 * @throws ConfigError, UnreachableError, HttpStatusError
 */
export async function ec2Query(
  action: string,
  input: Readonly<Record<string, string>>,
  options: Ec2Options,
  doing: string,
): Promise<unknown> {
  const { region, clients, clock = systemClock, profile, signal } = options;
  try {
    // For credentials and the way out: nothing is asked of STS.
    const { config } = await clients.sts();
    const [{ HttpRequest }, { parseXML }, { signer }, endpoint] = await Promise.all([
      import('@smithy/core/protocols'),
      import('@aws-sdk/xml-builder'),
      import('../sdk/signature.js'),
      endpointOf(options),
    ]);
    const query = { Action: action, Version: VERSION, ...input };
    const url = new URL(endpoint);
    url.search = new URLSearchParams(query).toString();
    const sign = signer({ service: 'ec2', region, credentials: config.credentials, clock });
    const { protocol, hostname, host, port, pathname: path } = url;
    const request = new HttpRequest({
      method: 'GET',
      protocol,
      hostname,
      ...(port !== '' && { port: Number(port) }),
      path,
      query,
      headers: { host, ...(await sign({ method: 'GET', url: url.href })) },
    });
    const limit = { requestTimeout: TIMEOUT_MS, ...(signal && { abortSignal: signal }) };
    const handler = config.requestHandler as Pick<RoutedHandler, 'handle'>;
    const { response } = await handler.handle(request, limit);
    const answer = parseXML(await text(response.body as AsyncIterable<Uint8Array>)) as Readonly<
      Record<string, unknown>
    >;
    const [root] = Object.values(answer);
    if (response.statusCode >= 200 && response.statusCode < 300) return root;
    throw refusal(response.statusCode, root);
  } catch (error) {
    signal?.throwIfAborted();
    throw explainAwsError(error, { service: 'EC2', doing, action: `ec2:${action}`, profile });
  }
}

/** Where the SDK's own clients would look for it: variables, then the profile. */
async function endpointOf({ endpointUrl, region, profile }: Ec2Options): Promise<string> {
  if (endpointUrl !== undefined) return endpointUrl;
  const { loadConfig } = await import('@smithy/core/config');
  const configured = await loadConfig<string | undefined>(
    {
      environmentVariableSelector: (env) => env.AWS_ENDPOINT_URL_EC2 ?? env.AWS_ENDPOINT_URL,
      configFileSelector: (section) => section.endpoint_url,
      default: undefined,
    },
    profile === undefined ? {} : { profile },
  )();
  return configured ?? `https://ec2.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}

/** `<Response><Errors><Error><Code>…`, as the SDK's clients would throw it. */
function refusal(status: number, root: unknown): Error {
  const field = (value: unknown, name: string): unknown =>
    typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
  const said = field(field(root, 'Errors'), 'Error');
  const word = (name: string): string => {
    const value = field(said, name);
    return typeof value === 'string' ? value : '';
  };
  const error = new Error(word('Message'));
  return Object.assign(error, { name: word('Code') || 'UnknownError', $metadata: { httpStatusCode: status } });
}

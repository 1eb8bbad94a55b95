import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { LocalError } from './errors.js';
import type { DeployedFunction } from './lambda-function.js';
import { ensureRic } from './lambda-ric.js';
import type { LocalInstance, LocalPlaces } from './model.js';
import { cacheRoot, packageRoot } from './paths.js';
import { programArgs } from './program.js';

export interface DeployOptions extends Pick<LocalPlaces, 'cacheDir'> {
  /** The folder with one folder for each handler, as `npm run build` makes them. @defaultValue `dist/lambda` of the package */
  readonly bundles?: string;
  /** How long each call may take, in milliseconds. @defaultValue `60_000` */
  readonly timeoutMs?: number;
  /** More variables of the functions' environment; they win over ours. */
  readonly env?: Readonly<Record<string, string>>;
  /** In front of the handlers' names. @defaultValue `livywire-` */
  readonly prefix?: string;
  /** Another Node to run the functions, and its version: `v22.1.0`. @defaultValue the one that runs this */
  readonly node?: { readonly path: string; readonly version: string };
  readonly report?: (message: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** What runs the functions: AWS's own runtime interface client, or plain Node where that cannot be built. */
export type LambdaRuntime = 'aws-lambda-ric' | 'node';

const handlers = ['submit', 'status', 'cancel', 'diagnose', 'watch'] as const;
export type HandlerNames = Readonly<Record<(typeof handlers)[number], string>>;

export interface Deployed {
  readonly functions: HandlerNames;
  readonly runtime: LambdaRuntime;
}

/**
 * Puts the handlers into the local Lambda of an instance, with its Livy, YARN and S3 in their environment.
 * @throws LocalError when they are not built, or the instance has no AWS
 */
export async function deployHandlers(instance: LocalInstance, options: DeployOptions = {}): Promise<Deployed> {
  const { bundles = join(packageRoot(), 'dist', 'lambda'), prefix = 'livywire-', timeoutMs = 60_000 } = options;
  const { aws } = instance;
  if (!aws) throw new LocalError(`${instance.name} has no AWS: start one by livywire local up --aws`);
  const { node = { path: process.execPath, version: process.version } } = options;
  const ric = await ensureRic({
    cacheDir: cacheRoot(options),
    node: node.path,
    nodeVersion: node.version,
    report: options.report ?? (() => undefined),
    signal: options.signal,
  });
  const runtime: [string, ...string[]] = [
    node.path,
    ...(ric === undefined ? programArgs('lambda-node-main', 'lambda-node') : [ric]),
  ];
  const functions = Object.fromEntries(handlers.map((handler) => [handler, prefix + handler])) as HandlerNames;
  for (const handler of handlers) {
    const dir = resolve(bundles, handler);
    await stat(join(dir, 'index.mjs')).catch((error: unknown) => {
      throw new LocalError(`There is no bundle of ${handler} at ${dir}; npm run build makes them`, { cause: error });
    });
    const name = functions[handler];
    await put(aws.endpoint, {
      name,
      dir,
      handler: 'index.handler',
      timeoutMs,
      env: { ...environmentOf(instance), ...options.env },
      runtime,
      log: join(instance.dir, 'logs', `lambda-${name}.log`),
    });
  }
  return { functions, runtime: ric === undefined ? 'node' : 'aws-lambda-ric' };
}

/** What a function in the cluster's VPC would have. */
function environmentOf({ url, behind, aws }: LocalInstance): Record<string, string> {
  return {
    LIVYWIRE_URL: url,
    ...(behind && { LIVYWIRE_YARN_URL: behind.resourceManager, LIVYWIRE_HISTORY_URL: behind.sparkHistory }),
    ...(aws && {
      LIVYWIRE_LEDGER: `s3://${aws.bucket}/livywire`,
      AWS_ENDPOINT_URL: aws.endpoint,
      AWS_REGION: aws.region,
      AWS_ACCESS_KEY_ID: aws.accessKeyId,
      AWS_SECRET_ACCESS_KEY: aws.secretAccessKey,
    }),
  };
}

async function put(endpoint: string, deployed: DeployedFunction): Promise<void> {
  const reply = await fetch(`${endpoint}/_livywire/functions`, { method: 'PUT', body: JSON.stringify(deployed) });
  if (!reply.ok) throw new LocalError(`${deployed.name} was not deployed: ${await reply.text()}`);
  await reply.arrayBuffer();
}

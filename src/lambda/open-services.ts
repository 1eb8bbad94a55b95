import { hostname } from 'node:os';
import { loadForFunction } from '../app/index.js';
import { ConfigError, VERSION } from '../core/index.js';
import { type Environment, environment, taskRoot } from './environment.js';
import type { Services, Wishes } from './services.js';

/** A cluster that a word names (`auto`, a name, a tag) is looked for again after so long. */
const CLUSTER_HOLDS_MS = 600_000;

/**
 * The services that `LIVYWIRE_…` of the function's environment name, as the command line reads them.
 * @throws ConfigError naming the variable, UnreachableError
 */
export async function openServices(
  { starts, withinMs, signal, logger, functionArn }: Wishes,
  env: Environment = environment(),
): Promise<Services> {
  const { connect, openLedger, readSettings } = await loadForFunction();
  const settings = await readSettings({ env, cwd: taskRoot(env) });
  const missing = (variable: string, why: string): never => {
    throw new ConfigError(`${variable}: ${why}`, { field: variable });
  };
  if (settings.sources.ledger === undefined)
    missing('LIVYWIRE_LEDGER', 'is not set; a function keeps its runs in S3, as in s3://bucket/livywire');
  if (settings.via) missing('LIVYWIRE_VIA', 'there is no ssh in a function; put it into the VPC of the cluster');
  for (const note of settings.notes) logger.warn(note);
  const cluster = { starts, optional: !starts, timeoutMs: withinMs, signal };
  const actor =
    functionArn === undefined
      ? undefined
      : ({
          who: functionArn,
          proof: 'claimed',
          host: env.AWS_LAMBDA_LOG_STREAM_NAME ?? hostname(),
          livywire: VERSION,
        } as const);
  const livywire = await connect(settings, { logger, cluster, ...(actor && { actor }) });
  return {
    runs: livywire,
    ledger: openLedger(settings, logger),
    close: () => livywire.close(),
    ...(settings.cluster && { holdsMs: CLUSTER_HOLDS_MS }),
  };
}

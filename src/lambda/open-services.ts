import { hostname } from 'node:os';
import { type Livywire, loadForFunction } from '../app/index.js';
import { applicationOfEndpoint, clusterOfEndpoint, ConfigError, VERSION } from '../core/index.js';
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
  const { connect, openLedger, openMessenger, readSettings, settingsElsewhere } = await loadForFunction();
  // Without a region a cluster that is gone has no name, and its runs could not be asked about.
  const LIVYWIRE_REGION = env.LIVYWIRE_REGION ?? env.AWS_REGION;
  const settings = await readSettings({ env: { ...env, LIVYWIRE_REGION }, cwd: taskRoot(env) });
  const missing = (variable: string, why: string): never => {
    throw new ConfigError(`${variable}: ${why}`, { field: variable });
  };
  if (settings.sources.ledger === undefined)
    missing('LIVYWIRE_LEDGER', 'is not set; a function keeps its runs in S3, as in s3://bucket/livywire');
  if (settings.via) missing('LIVYWIRE_VIA', 'there is no ssh in a function; put it into the VPC of the cluster');
  for (const note of settings.notes) logger.warn(note);
  const actor =
    functionArn === undefined
      ? undefined
      : ({
          who: functionArn,
          proof: 'claimed',
          host: env.AWS_LAMBDA_LOG_STREAM_NAME ?? hostname(),
          livywire: VERSION,
        } as const);
  // The watcher would believe itself; the others are called as seldom as their machines wish.
  const options = { logger, believeWatcher: false, ...(actor && { actor }) };
  const livywire = await connect(settings, {
    ...options,
    cluster: { starts, optional: !starts, timeoutMs: withinMs, signal },
  });
  const others = new Map<string, Promise<Livywire>>();
  const messenger = openMessenger(settings);
  return {
    messenger,
    runs: livywire,
    ledger: openLedger(settings, logger),
    endpoint: livywire.endpoint,
    elsewhere(endpoint) {
      if (!clusterOfEndpoint(endpoint) && !applicationOfEndpoint(endpoint)) return undefined;
      const known = others.get(endpoint);
      if (known) return known;
      // Without what settings say about one cluster: credentials were written for that one.
      const bare = settingsElsewhere(settings, endpoint).settings;
      const opening = connect(bare, { ...options, cluster: { optional: true } });
      others.set(endpoint, opening);
      opening.catch(() => others.delete(endpoint));
      return opening;
    },
    async close() {
      const opened = await Promise.allSettled(others.values());
      others.clear();
      for (const one of opened) if (one.status === 'fulfilled') await one.value.close();
      messenger.close();
      await livywire.close();
    },
    ...(settings.cluster && { holdsMs: CLUSTER_HOLDS_MS }),
  };
}

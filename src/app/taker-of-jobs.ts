import { type AppRegistry, type Backend, type BackendMaker, ConfigError, type LogSource } from '../core/index.js';
import { checkSpec, type LivyClient } from '../livy/index.js';
import { type LivyPlan, livysOf } from './livys.js';

export interface TakerPlan extends Omit<LivyPlan, 'urls'> {
  readonly url?: string | readonly string[] | undefined;
  readonly backend?: BackendMaker | undefined;
  readonly registry?: AppRegistry | undefined;
  /** The log that a backend other than Livy leaves. */
  readonly stepLog: (backend: Backend) => LogSource;
}

/** Who takes the jobs: a Livy, the Livys of a cluster, or what stands in their place. @throws ConfigError */
export function takerOfJobs({ url, backend: make, registry, stepLog, ...plan }: TakerPlan): {
  readonly backend: Backend;
  readonly ownLog: LogSource;
  /** None where no Livy takes the jobs. */
  readonly livys: readonly LivyClient[];
  /** Livy's address. */
  readonly url: string | undefined;
} {
  if (make) {
    const { clock, logger } = plan;
    const backend = make({ clock, logger, registry, check: checkSpec });
    return { backend, ownLog: stepLog(backend), livys: [], url: undefined };
  }
  if (url === undefined) throw new ConfigError('url is missing: the address of a Livy', { field: 'url' });
  const { backend, ring, clients: livys, url: first } = livysOf({ ...plan, urls: [url].flat() });
  return { backend, ownLog: ring, livys, url: first };
}

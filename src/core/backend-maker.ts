import type { JobSpec } from './model.js';
import type { AppRegistry, Backend, Clock, Logger } from './ports.js';

/** What every backend is made of, whoever makes it. */
export interface BackendParts {
  readonly clock: Clock;
  readonly logger: Logger;
  /** YARN, where it can be asked. */
  readonly registry?: AppRegistry | undefined;
  /** What every backend asks of a job. @throws ConfigError naming the field */
  readonly check: (spec: JobSpec) => void;
}

/** A backend in the place of Livy: `emrSteps` and `emrServerless` of livywire/aws give one. */
export type BackendMaker = (parts: BackendParts) => Backend;

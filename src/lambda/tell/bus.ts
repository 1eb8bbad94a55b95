import type { Invocation } from '../invocation.js';

/** The bus that the ends of runs are put on, by its name or ARN. */
export const busOf = ({ env }: Pick<Invocation, 'env'>): string | undefined =>
  env.LIVYWIRE_EVENT_BUS === '' ? undefined : env.LIVYWIRE_EVENT_BUS;

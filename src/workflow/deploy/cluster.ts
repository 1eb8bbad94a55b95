import type { DeployOptions } from './options.js';

/** Which cluster the functions ask EMR about. */
export interface ClusterUse {
  /** Whether EMR is asked at all: where Livy's own address is given it is not. */
  readonly isUsed: boolean;
  /** `j-…`, where it is known by now. */
  readonly id?: string;
}

const isId = (text: string | undefined): boolean => text !== undefined && /^j-[A-Z0-9]+$/.test(text);

export function clusterOf({ cluster, clusterId, env = {} }: DeployOptions): ClusterUse {
  const id = isId(cluster) ? cluster : clusterId;
  const isElsewhere = env.LIVYWIRE_URL !== undefined || env.LIVYWIRE_BACKEND === 'emr-serverless';
  return { isUsed: !isElsewhere, ...(id !== undefined && { id }) };
}

import type { BackendKind } from './model.js';

const SCHEMES = { livy: 'emr', 'emr-step': 'emr-step', 'emr-serverless': 'emr-serverless' } as const;
const KINDS = Object.entries(SCHEMES) as readonly (readonly [BackendKind, string])[];

/** A place in AWS that takes jobs: a cluster, or an application of EMR Serverless. */
export interface ClusterPlace {
  readonly region: string;
  readonly id: string;
  /** What takes the jobs there. @defaultValue `livy` */
  readonly backend?: BackendKind;
}

/**
 * What a run on an EMR cluster is kept under in place of an address: `emr://eu-west-1/j-3KVTXXXXXX7UG`. A primary's address
 * can change, and one of three takes over from another; the cluster's id stays. Its steps are another place: `emr-step://…`.
 */
export const clusterEndpoint = ({ region, id, backend = 'livy' }: ClusterPlace): string =>
  `${SCHEMES[backend]}://${region}/${id}`;

/** `undefined` for an endpoint that is no cluster. */
export function clusterOfEndpoint(endpoint: string): Required<ClusterPlace> | undefined {
  const [, scheme, region, id] = /^(emr(?:-step)?):\/\/([\w-]+)\/(j-[A-Z0-9]+)$/.exec(endpoint) ?? [];
  return placeOf(scheme, region, id);
}

/** `undefined` for an endpoint that is no application of EMR Serverless. */
export function applicationOfEndpoint(endpoint: string): Required<ClusterPlace> | undefined {
  const [, scheme, region, id] = /^(emr-serverless):\/\/([\w-]+)\/([0-9a-z]+)$/.exec(endpoint) ?? [];
  return placeOf(scheme, region, id);
}

function placeOf(scheme?: string, region?: string, id?: string): Required<ClusterPlace> | undefined {
  const backend = KINDS.find(([, name]) => name === scheme)?.[0];
  return backend === undefined || region === undefined || id === undefined ? undefined : { region, id, backend };
}

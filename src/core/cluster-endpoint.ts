/**
 * What a run on an EMR cluster is kept under in place of an address: `emr://eu-west-1/j-3KVTXXXXXX7UG`. A primary's address
 * can change, and one of three takes over from another; the cluster's id stays.
 */
export const clusterEndpoint = ({ region, id }: { readonly region: string; readonly id: string }): string =>
  `emr://${region}/${id}`;

/** `undefined` for an endpoint that is no cluster. */
export function clusterOfEndpoint(endpoint: string): { readonly region: string; readonly id: string } | undefined {
  const [, region, id] = /^emr:\/\/([\w-]+)\/(j-[A-Z0-9]+)$/.exec(endpoint) ?? [];
  return region === undefined || id === undefined ? undefined : { region, id };
}

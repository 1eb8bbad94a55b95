import { ConfigError } from '../../core/index.js';
import type { EmrCluster } from './cluster.js';
import type { EmrNode } from './emr-api.js';

/** Which of a node's addresses are used: `private` inside the VPC and through tunnels, `public` from elsewhere. */
export type AddressKind = 'private' | 'public';

type Scheme = 'http' | 'https';

/** The ports of a cluster's servers, as its configuration says them, else EMR's own. */
export interface ClusterPorts {
  readonly livy: number;
  readonly resourceManager: number;
  readonly jobHistory: number;
  readonly sparkHistory: number;
}

export function portsOf({ configurations }: Pick<EmrCluster, 'configurations'>): ClusterPorts {
  const said = (classification: string, name: string): string | undefined => configurations[classification]?.[name];
  const port = (text: string | undefined, usual: number): number => {
    const [, digits] = /(?:^|:)(\d{1,5})$/.exec(text?.trim() ?? '') ?? [];
    return digits === undefined ? usual : Number(digits);
  };
  return {
    livy: port(said('livy-conf', 'livy.server.port'), 8998),
    resourceManager: port(said('yarn-site', 'yarn.resourcemanager.webapp.address'), 8088),
    jobHistory: port(said('mapred-site', 'mapreduce.jobhistory.webapp.address'), 19888),
    sparkHistory: port(said('spark-defaults', 'spark.history.ui.port'), 18080),
  };
}

/**
 * From emr-7.4.0 in-transit encryption covers Livy: the likelier scheme first. With a keystore of its own there is TLS for certain, and
 * nobody in between gets credentials by cutting it off.
 */
export function schemesOf({ configurations, isSecured, release }: EmrCluster): readonly [Scheme, Scheme?] {
  const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec(release) ?? [];
  const coversLivy = Number(major) > 7 || (Number(major) === 7 && Number(minor) >= 4);
  const hasKeystore = configurations['livy-conf']?.['livy.keystore'] !== undefined;
  if (hasKeystore) return ['https'];
  return isSecured && coversLivy ? ['https', 'http'] : ['http', 'https'];
}

/** TLS is for a name, which only the VPC's own DNS knows; an address works without. @throws ConfigError */
export function hostOf(node: EmrNode, kind: AddressKind, scheme: Scheme): string {
  const [name, ip] = kind === 'private' ? [node.privateName, node.privateIp] : [node.publicName, node.publicIp];
  const host = scheme === 'https' ? (name ?? ip) : (ip ?? name);
  if (host !== undefined) return host;
  const other = kind === 'private' ? 'public' : 'private';
  throw new ConfigError(`The primary ${node.instanceId} has no ${kind} address; use --addresses ${other}`, {
    field: '--addresses',
  });
}

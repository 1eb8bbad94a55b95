import { plainLine } from '../../core/index.js';
import { type AddressKind, portsOf } from './addresses.js';
import type { EmrCluster } from './cluster.js';
import { type ProbedLivy, wordsOf } from './probe.js';

/** Why no Livy of a cluster answers, as one sentence with what to do about it. */
export function unreachableWords(cluster: EmrCluster, probed: readonly ProbedLivy[], kind: AddressKind): string {
  const { id, name, network } = cluster;
  const [first] = probed;
  const at = probed.map(({ url }) => url).join(', ');
  const why = first?.error?.code === 'UNREACHABLE' ? whyOf(wordsOf(first.error)) : somebodyElse(first?.error?.message);
  return plainLine(`Livy on ${name} (${id}) does not answer at ${at}: ${why}`);

  function whyOf(words: string): string {
    if (/ECONNREFUSED/.test(words))
      return 'nothing listens on that port: Livy is still starting or has ended; on the primary, `systemctl status livy-server` tells';
    if (/CERT|SELF_SIGNED|UNABLE_TO_/.test(words))
      return 'its certificate is not trusted: give the authority that signed it with --ca <file>';
    if (/ENOTFOUND|EAI_AGAIN/.test(words))
      return `its name is known inside the VPC only: go in with --via ssh:<host>, --proxy or --map${otherKind(kind)}`;
    const group = network.primaryGroups.join(', ') || 'of the primary';
    const subnet = network.subnet === undefined ? '' : ` (${network.subnet})`;
    return `the connection is not let through: security group ${group} has to allow TCP ${portsOf(cluster).livy} from here, and its subnet${subnet} has to be reachable (livywire doctor --cluster ${id} says which rule is missing); or go in with --via ssh:<host>, --proxy or --map${otherKind(kind)}`;
  }
}

const somebodyElse = (said: string | undefined): string =>
  `somebody else does, and not as a Livy (${said ?? 'nothing'}); a proxy in between, which --proxy none switches off, or another server on that port`;

const otherKind = (kind: AddressKind): string => (kind === 'private' ? ', or try --addresses public' : '');

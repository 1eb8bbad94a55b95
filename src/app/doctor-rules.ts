import type { ClusterOverview, InboundReport, PortNeed, PortState } from '../aws/index.js';
import { isLivywireError, plainLine, redactText } from '../core/index.js';
import { awsSettings, lazyAws } from './aws.js';
import type { Finding } from './doctor-finding.js';
import type { Settings } from './settings.js';

type Seen = Pick<ClusterOverview, 'cluster' | 'ports' | 'primaries'>;

const NODE_MANAGER = 8042;
const OTHER_WAYS = 'or go in with --via ssh:<host>, --via ssm, --proxy or --map';

/** What has to be open to us, and on which groups. */
function needsOf({ cluster: { network }, ports }: Seen): readonly PortNeed[] {
  const { livy, resourceManager, sparkHistory, jobHistory } = ports;
  const primary = network.primaryGroups;
  return [
    { port: livy, service: 'Livy', groups: primary },
    { port: resourceManager, service: 'YARN', groups: primary },
    { port: sparkHistory, service: 'Spark history', groups: primary },
    { port: jobHistory, service: 'collected logs', groups: primary },
    { port: NODE_MANAGER, service: 'logs while it runs', groups: network.workerGroups },
  ].filter(({ groups }) => groups.length > 0);
}

/** Which inbound rule is missing on which security group, as EC2 says; what to look for by hand where it may not be asked. */
export async function* checkRules(
  settings: Settings,
  seen: Seen,
  signal: AbortSignal | undefined,
): AsyncGenerator<Finding, void> {
  const needs = needsOf(seen);
  if (needs.length === 0) {
    yield byHand(seen);
    return;
  }
  const forAws = awsSettings(settings);
  const [node] = seen.primaries;
  // By a proxy, a map or public addresses it is somebody else's address that the rules have to know.
  const isProxied =
    settings.proxy !== undefined || Object.keys(settings.proxyEnv).some((name) => !/^no_proxy$/i.test(name));
  const isDirect = !isProxied && !settings.via && settings.map.length === 0;
  const isPrivate = (settings.cluster?.addresses ?? 'private') === 'private';
  let report: InboundReport;
  try {
    const { room, clients } = await lazyAws(forAws)();
    report = await room.lookAtInbound(needs, {
      ...forAws,
      region: seen.cluster.region,
      clients,
      signal,
      ...(isDirect && isPrivate && { towards: node?.privateIp }),
    });
  } catch (error) {
    signal?.throwIfAborted();
    if (!isLivywireError(error)) throw error;
    const { seen: what, next } = byHand(seen);
    const why = plainLine(redactText(error.message)).replace(/; allow that in IAM.*$/, '');
    const permission = 'with ec2:DescribeSecurityGroups doctor looks itself';
    yield { check: 'cluster', level: 'note', seen: `${why}; ${what}`, next: `${permission}; ${next}` };
    return;
  }
  yield* findings(report, seen);
}

function* findings(report: InboundReport, { cluster }: Seen): Generator<Finding, void> {
  const { address, own, vpc, ports } = report;
  const me = address === undefined ? 'where this machine comes from' : `${address} (this machine)`;
  if (own && vpc !== undefined && own.vpc !== vpc) {
    yield {
      check: 'cluster',
      level: 'note',
      seen: `this machine is in ${own.vpc} (${own.subnet}), the cluster in ${vpc} (${cluster.network.subnet ?? 'its subnet'})`,
      next: 'the two need a peering or a transit gateway, and rules with ranges: or start the job from inside',
    };
  }
  for (const state of ['closed', 'unknown'] as const) {
    for (const [ids, some] of byGroups(ports.filter((one) => one.state === state))) yield missing(ids, some, state);
  }
  const open = ports.filter((one) => one.state === 'open');
  if (open.length === ports.length) {
    yield {
      check: 'cluster',
      level: 'note',
      seen: `the security groups let ${listed(open)} in from ${me}`,
      next: `what does not answer is not running, or is stopped by the network ACL or the routes of ${cluster.network.subnet ?? 'its subnet'}; ${OTHER_WAYS}`,
    };
  }

  function missing(ids: string, some: readonly PortState[], state: 'closed' | 'unknown'): Finding {
    const to = [...new Set(some.flatMap(({ openTo }) => openTo))];
    const group = ids.split(', ')[0] ?? ids;
    const [one] = some;
    const source =
      own?.groups[0] === undefined || own.vpc !== vpc
        ? `--cidr ${sourceRange(address)}`
        : `--source-group ${own.groups[0]}`;
    const more =
      some.length > 1
        ? `, and so for ${some
            .slice(1)
            .map(({ port }) => port)
            .join(', ')}`
        : '';
    const command = `aws ec2 authorize-security-group-ingress --region ${cluster.region} --group-id ${group} --protocol tcp --port ${one?.port ?? ''} ${source}${more}`;
    const whom = to.length === 0 ? 'nobody' : to.join(', ');
    return {
      check: 'cluster',
      level: 'note',
      seen:
        state === 'closed'
          ? `security group ${ids} has no inbound rule for ${listed(some)} from ${me}; open to ${whom}`
          : `security group ${ids} opens ${listed(some)} to ${whom}; whether ${me} is among them is not known${report.ownUnknown === undefined ? '' : ` (${plainLine(redactText(report.ownUnknown))})`}`,
      next: `${state === 'closed' ? '' : 'if it is not: '}${command}; ${OTHER_WAYS}`,
    };
  }
}

const sourceRange = (address: string | undefined): string =>
  address === undefined ? '<your address>/32' : `${address}/${address.includes(':') ? 128 : 32}`;

const listed = (ports: readonly PortState[]): string =>
  ports.map(({ port, service }) => `TCP ${port} (${service})`).join(', ');

function byGroups(ports: readonly PortState[]): Map<string, readonly PortState[]> {
  const found = new Map<string, PortState[]>();
  for (const port of ports) {
    const ids = port.groups.join(', ');
    found.set(ids, [...(found.get(ids) ?? []), port]);
  }
  return found;
}

/** Where to look, without EC2's help. */
function byHand({ cluster: { network }, ports }: Seen): Finding & { readonly next: string } {
  const primary = network.primaryGroups.join(', ') || 'of the primary';
  const workers = network.workerGroups.join(', ') || 'of core and task nodes';
  const { livy, resourceManager, sparkHistory, jobHistory } = ports;
  const subnet = network.subnet === undefined ? '' : ` (subnet ${network.subnet})`;
  return {
    check: 'cluster',
    level: 'note',
    seen: `security group ${primary} has to let in TCP ${livy} (Livy), ${resourceManager} (YARN), ${sparkHistory} (Spark history), ${jobHistory} (collected logs) from here; ${workers} TCP ${NODE_MANAGER} (logs while it runs)${subnet}`,
    next: `add what is missing to these groups (others can be attached only when a cluster is created), ${OTHER_WAYS}`,
  };
}

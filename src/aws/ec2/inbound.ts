import { BlockList, isIPv6 } from 'node:net';
import { isLivywireError } from '../../core/index.js';
import { awsClients } from '../clients.js';
import type { AwsSettings } from '../settings.js';
import type { Ec2Options } from './ec2-query.js';
import { type OwnAddress, ownAddressTowards } from './own-address.js';
import {
  type InboundRule,
  interfacesAt,
  type NetworkInterface,
  type SecurityGroup,
  securityGroups,
} from './security-groups.js';

/** A port that has to be open to us, on one of these groups. */
export interface PortNeed {
  readonly port: number;
  /** `Livy`, `YARN`: for messages. */
  readonly service: string;
  readonly groups: readonly string[];
}

/** `unknown`: it is open to groups, lists or addresses that we may or may not be one of. */
export interface PortState extends PortNeed {
  readonly state: 'open' | 'closed' | 'unknown';
  /** To whom it is open: ranges, groups, prefix lists. */
  readonly openTo: readonly string[];
}

export interface InboundReport {
  /** Ours on the way there, where it is known. */
  readonly address?: string;
  /** Ours in EC2, where we run there. */
  readonly own?: Pick<NetworkInterface, 'vpc' | 'subnet' | 'groups'>;
  /** Why our own groups could not be asked for. */
  readonly ownUnknown?: string;
  /** The VPC of the groups. */
  readonly vpc?: string;
  readonly ports: readonly PortState[];
}

export interface LookAtInboundOptions extends AwsSettings {
  readonly region: string;
  readonly clients?: Ec2Options['clients'];
  /** A node of the cluster, by whose address our own is found. @defaultValue ours is not known */
  readonly towards?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** @defaultValue as the system's routes say */
  readonly ownAddress?: (host: string) => Promise<OwnAddress | undefined>;
}

/**
 * Holds what has to be open against the inbound rules of the security groups. Changes nothing.
 * IAM: `ec2:DescribeSecurityGroups`; `ec2:DescribeNetworkInterfaces`, without which rules that name groups cannot be judged.
 * @throws ConfigError where the rules may not be read, UnreachableError, HttpStatusError
 */
export async function lookAtInbound(
  needs: readonly PortNeed[],
  { towards, ownAddress = ownAddressTowards, ...options }: LookAtInboundOptions,
): Promise<InboundReport> {
  const ec2 = { ...options, clients: options.clients ?? awsClients(options) };
  const ids = [...new Set(needs.flatMap(({ groups }) => groups))];
  const found = await securityGroups(ids, ec2);
  const mine = towards === undefined ? undefined : await ownAddress(towards);
  const { own, ownUnknown } = mine === undefined ? {} : await interfaceOf(mine, ec2);
  const vpc = found.find((group) => group.vpc !== '')?.vpc;
  return {
    ...(mine && { address: mine.address }),
    ...(own && { own: { vpc: own.vpc, subnet: own.subnet, groups: own.groups } }),
    ...(ownUnknown !== undefined && { ownUnknown }),
    ...(vpc !== undefined && { vpc }),
    ports: needs.map((need) =>
      stateOf(need, found, mine?.address, ownUnknown === undefined ? (own?.groups ?? []) : undefined),
    ),
  };
}

/** Ours, and nobody's who has the same address in another network: by the card's own number. */
async function interfaceOf(
  { address, mac }: OwnAddress,
  ec2: Ec2Options,
): Promise<{ readonly own?: NetworkInterface; readonly ownUnknown?: string }> {
  try {
    const own = (await interfacesAt(address, ec2)).find((one) => one.mac !== '' && one.mac === mac);
    return own ? { own } : {};
  } catch (error) {
    ec2.signal?.throwIfAborted();
    if (!isLivywireError(error)) throw error;
    return { ownUnknown: error.message };
  }
}

function stateOf(
  need: PortNeed,
  found: readonly SecurityGroup[],
  address: string | undefined,
  ownGroups: readonly string[] | undefined,
): PortState {
  const rules = found
    .filter(({ id }) => need.groups.includes(id))
    .flatMap(({ inbound }) => inbound)
    .filter((rule) => isAbout(rule, need.port));
  const groups = rules.flatMap((rule) => rule.groups);
  const lists = rules.flatMap((rule) => rule.prefixLists);
  const ranges = rules.flatMap((rule) => rule.ranges);
  const openTo = [...new Set([...ranges, ...groups, ...lists])];
  const isIn = address === undefined ? ranges.some((range) => range.endsWith('/0')) : holds(ranges, address);
  if (isIn || ownGroups?.some((group) => groups.includes(group)) === true) return { ...need, state: 'open', openTo };
  const isOpaque = lists.length > 0 || (groups.length > 0 && ownGroups === undefined);
  const isUnplaced = address === undefined && openTo.length > 0;
  return { ...need, state: isOpaque || isUnplaced ? 'unknown' : 'closed', openTo };
}

const isAbout = ({ protocol, from, to }: InboundRule, port: number): boolean =>
  protocol === '-1' || ((protocol === 'tcp' || protocol === '6') && from <= port && port <= to);

function holds(ranges: readonly string[], address: string): boolean {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = '', bits = ''] = range.split('/');
    list.addSubnet(network, Number(bits), isIPv6(network) ? 'ipv6' : 'ipv4');
  }
  return list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

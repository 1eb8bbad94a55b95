import * as z from 'zod';
import { BadAnswerError } from '../../core/index.js';
import { type Ec2Options, ec2Query } from './ec2-query.js';

/** One inbound rule: what may come from where. */
export interface InboundRule {
  /** `tcp`, `udp`, `icmp`, a number, or `-1` for all. */
  readonly protocol: string;
  readonly from: number;
  readonly to: number;
  /** `10.0.0.0/16`, `::/0`. */
  readonly ranges: readonly string[];
  /** Whoever is in one of these. */
  readonly groups: readonly string[];
  readonly prefixLists: readonly string[];
}

export interface SecurityGroup {
  readonly id: string;
  readonly vpc: string;
  readonly inbound: readonly InboundRule[];
}

/** A network interface that EC2 knows. */
export interface NetworkInterface {
  readonly mac: string;
  readonly vpc: string;
  readonly subnet: string;
  readonly groups: readonly string[];
}

/** `<set><item>…</item></set>`: none, one or several, which the XML does not tell apart. */
const setOf = <T extends z.ZodType>(item: T) =>
  z.preprocess((value) => {
    const inside: unknown = typeof value === 'object' && value !== null && 'item' in value ? value.item : [];
    return Array.isArray(inside) ? (inside as unknown[]) : [inside];
  }, z.array(item));

const word = z.string().catch('');
const groupAnswer = z.object({
  securityGroupInfo: setOf(
    z.object({
      groupId: z.string(),
      vpcId: word,
      ipPermissions: setOf(
        z.object({
          ipProtocol: z.string(),
          fromPort: z.coerce.number().catch(0),
          toPort: z.coerce.number().catch(65_535),
          ipRanges: setOf(z.object({ cidrIp: z.string() })),
          ipv6Ranges: setOf(z.object({ cidrIpv6: z.string() })),
          groups: setOf(z.object({ groupId: word })),
          prefixListIds: setOf(z.object({ prefixListId: z.string() })),
        }),
      ),
    }),
  ),
});
const interfaceAnswer = z.object({
  networkInterfaceSet: setOf(
    z.object({
      macAddress: word,
      vpcId: word,
      subnetId: word,
      groupSet: setOf(z.object({ groupId: z.string() })),
    }),
  ),
});

const numbered = (name: string, values: readonly string[]): Record<string, string> =>
  Object.fromEntries(values.map((value, index) => [`${name}.${index + 1}`, value]));

/** @throws BadAnswerError */
function parsed<T>(schema: z.ZodType<T>, answer: unknown, doing: string): T {
  const read = schema.safeParse(answer);
  if (read.success) return read.data;
  throw new BadAnswerError(`${doing}: what answered for EC2 did not answer as it does`, '');
}

/** IAM: `ec2:DescribeSecurityGroups`. @throws ConfigError, UnreachableError, HttpStatusError; BadAnswerError where one of them is not told of */
export async function securityGroups(ids: readonly string[], options: Ec2Options): Promise<readonly SecurityGroup[]> {
  const doing = `the rules of ${ids.join(', ')} cannot be read`;
  const answer = await ec2Query('DescribeSecurityGroups', numbered('GroupId', ids), options, doing);
  const told = parsed(groupAnswer, answer, doing).securityGroupInfo;
  // One without rules is there, and closed; of one that is not there nothing is known.
  const untold = ids.filter((id) => !told.some(({ groupId }) => groupId === id));
  if (untold.length > 0) throw new BadAnswerError(`${doing}: EC2 told nothing of ${untold.join(', ')}`, '');
  return told.map((group) => ({
    id: group.groupId,
    vpc: group.vpcId,
    inbound: group.ipPermissions.map((rule) => ({
      protocol: rule.ipProtocol,
      from: rule.fromPort,
      to: rule.toPort,
      ranges: [...rule.ipRanges.map((one) => one.cidrIp), ...rule.ipv6Ranges.map((one) => one.cidrIpv6)],
      groups: rule.groups.map((one) => one.groupId),
      prefixLists: rule.prefixListIds.map((one) => one.prefixListId),
    })),
  }));
}

/** Those that have a private address; several where networks use the same. IAM: `ec2:DescribeNetworkInterfaces` */
export async function interfacesAt(address: string, options: Ec2Options): Promise<readonly NetworkInterface[]> {
  const filter = { 'Filter.1.Name': 'addresses.private-ip-address', 'Filter.1.Value.1': address };
  const doing = `the security groups of ${address} cannot be asked for`;
  const answer = await ec2Query('DescribeNetworkInterfaces', filter, options, doing);
  return parsed(interfaceAnswer, answer, doing).networkInterfaceSet.map((one) => ({
    mac: one.macAddress.toLowerCase(),
    vpc: one.vpcId,
    subnet: one.subnetId,
    groups: one.groupSet.map(({ groupId }) => groupId),
  }));
}

import { att, type Properties, type Value } from './model.js';
import { corePorts, type Ports, primaryPorts } from './ports.js';
import type { Stack } from './stack.js';

const groupId = (Description: string) => ({ Type: 'AWS::EC2::SecurityGroup::Id', Description }) as const;

/** Where the functions stand in the network: their `VpcConfig`, or nothing where they are outside of any VPC. */
export function vpcConfig(stack: Stack): Properties | undefined {
  const { noVpc = false, subnets, securityGroups, primaryGroup, coreGroup } = stack.options;
  if (noVpc) return undefined;
  const SubnetIds = stack.value(subnets, 'SubnetIds', {
    Type: 'List<AWS::EC2::Subnet::Id>',
    Description: 'Private subnets of the cluster’s VPC, with a way to S3, EMR and Step Functions (endpoints or NAT)',
  });
  if (securityGroups) {
    for (const [i, group] of securityGroups.entries()) if (i === 0) letIn(stack, group, primaryGroup, coreGroup);
    return { SubnetIds, SecurityGroupIds: securityGroups };
  }
  const primary = stack.value(
    primaryGroup,
    'PrimarySecurityGroupId',
    groupId('Security group of the cluster’s primary node: the functions are let in on the ports of Livy and YARN'),
  );
  return { SubnetIds, SecurityGroupIds: [madeGroup(stack, primary, coreGroup)] };
}

function madeGroup(stack: Stack, primary: Value, core: string | undefined): Value {
  const VpcId = stack.value(stack.options.vpc, 'VpcId', {
    Type: 'AWS::EC2::VPC::Id',
    Description: 'The cluster’s VPC',
  });
  const out = (port: number, what: string, to: Properties): Properties => ({
    IpProtocol: 'tcp',
    FromPort: port,
    ToPort: port,
    Description: what,
    ...to,
  });
  stack.add({
    SecurityGroup: {
      Type: 'AWS::EC2::SecurityGroup',
      Properties: {
        GroupDescription: 'Functions of livywire',
        VpcId,
        SecurityGroupEgress: [
          out(443, 'AWS, by endpoints or NAT', { CidrIp: '0.0.0.0/0' }),
          ...Object.entries(primaryPorts(stack.options.env)).map(([name, port]) =>
            out(port, name, { DestinationSecurityGroupId: primary }),
          ),
          ...Object.entries(corePorts).map(([name, port]) =>
            out(port, name, { DestinationSecurityGroupId: core ?? primary }),
          ),
        ],
      },
    },
  });
  const own = att('SecurityGroup', 'GroupId');
  letIn(stack, own, primary, core);
  return own;
}

/** Rules in the cluster's groups. */
function letIn(stack: Stack, from: Value, primary: Value | undefined, core: Value | undefined): void {
  const rules = (group: Value, ports: Ports): void => {
    for (const [name, port] of Object.entries(ports))
      stack.add({
        [`Let${name}In`]: {
          Type: 'AWS::EC2::SecurityGroupIngress',
          Properties: {
            GroupId: group,
            IpProtocol: 'tcp',
            FromPort: port,
            ToPort: port,
            SourceSecurityGroupId: from,
            Description: `livywire: ${name}`,
          },
        },
      });
  };
  if (primary !== undefined) rules(primary, primaryPorts(stack.options.env));
  if (core !== undefined) rules(core, corePorts);
}

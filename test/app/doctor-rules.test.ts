import process from 'node:process';
import test, { type ExecutionContext } from 'ava';
import { type Finding, loadDoctor, readSettings } from '../../src/app/index.js';
import { tempFolder } from '../helpers/cli.js';
import { standInCredentials } from '../helpers/moto.js';
import { webServer } from '../helpers/web-server.js';

standInCredentials();

const cluster = {
  Id: 'j-NIGHTLY',
  Name: 'nightly',
  Status: { State: 'WAITING', Timeline: { CreationDateTime: 1_790_000_000 } },
  ReleaseLabel: 'emr-7.3.0',
  Applications: [{ Name: 'Livy' }],
  // A port where nobody listens.
  Configurations: [{ Classification: 'livy-conf', Properties: { 'livy.server.port': '1' } }],
  Ec2InstanceAttributes: {
    Ec2SubnetId: 'subnet-7',
    EmrManagedMasterSecurityGroup: 'sg-primary',
    EmrManagedSlaveSecurityGroup: 'sg-core',
  },
};
const emr: Readonly<Record<string, unknown>> = {
  ListClusters: { Clusters: [cluster] },
  DescribeCluster: { Cluster: cluster },
  ListInstances: { Instances: [{ Ec2InstanceId: 'i-1', PrivateIpAddress: '127.0.0.1' }] },
  GetOnClusterAppUIPresignedURL: {},
};

/** EMR, and the EC2 that the test has. What doctor says of a cluster whose Livy does not answer. */
async function notes(
  t: ExecutionContext,
  ec2: { readonly status?: number; readonly body: string },
): Promise<Finding[]> {
  const server = await webServer(t, ({ headers, url }, response) => {
    const call = String(headers['x-amz-target']).split('.').at(-1) ?? '';
    if (url.includes('DescribeNetworkInterfaces')) return response.end('<a><networkInterfaceSet/></a>');
    if (url.includes('Action=')) return response.writeHead(ec2.status ?? 200).end(ec2.body);
    return response
      .writeHead(200, { 'content-type': 'application/x-amz-json-1.1' })
      .end(JSON.stringify(emr[call] ?? {}));
  });
  process.env.AWS_ENDPOINT_URL = server.url;
  const home = await tempFolder(t);
  const settings = await readSettings({
    env: { HOME: home, LIVYWIRE_CLUSTER: 'nightly', LIVYWIRE_LEDGER: home },
    cwd: home,
  });
  const diagnoseSettings = await loadDoctor();
  const found: Finding[] = [];
  for await (const finding of diagnoseSettings(settings)) found.push(finding);
  t.like(
    found.find(({ level }) => level === 'problem'),
    { check: 'cluster', fault: 'service' },
  );
  return found.filter(({ check, level }) => check === 'cluster' && level === 'note');
}

const group = (id: string, port: number, cidr: string): string =>
  `<item><groupId>${id}</groupId><vpcId>vpc-1</vpcId><ipPermissions><item><ipProtocol>tcp</ipProtocol><fromPort>${port}</fromPort><toPort>${port}</toPort><groups/><ipRanges><item><cidrIp>${cidr}</cidrIp></item></ipRanges><ipv6Ranges/><prefixListIds/></item></ipPermissions></item>`;
const groups = (...some: readonly string[]) => ({
  body: `<a><securityGroupInfo>${some.join('')}</securityGroupInfo></a>`,
});

test.serial(
  'doctor names the rule that is missing, the group, whom it is open to, and the command that adds it',
  async (t) => {
    const [primary, core, ...more] = await notes(
      t,
      groups(group('sg-primary', 8088, '127.0.0.0/8'), group('sg-core', 8042, '10.9.0.0/16')),
    );
    t.is(
      primary?.seen,
      'security group sg-primary has no inbound rule for TCP 1 (Livy), TCP 18080 (Spark history), TCP 19888 (collected logs) from 127.0.0.1 (this machine); open to nobody',
    );
    t.regex(
      primary?.next ?? '',
      /^aws ec2 authorize-security-group-ingress --region eu-west-1 --group-id sg-primary --protocol tcp --port 1 --cidr 127\.0\.0\.1\/32, and so for 18080, 19888; or go in with --via ssh/,
    );
    t.regex(core?.seen ?? '', /^security group sg-core has no inbound rule for TCP 8042 .*; open to 10\.9\.0\.0\/16$/);
    t.is(more.length, 0);
  },
);

test.serial('where every rule is there, doctor says so, and where else to look', async (t) => {
  const all = (id: string): string => group(id, 0, '0.0.0.0/0').replace('<toPort>0', '<toPort>65535');
  const [note, ...more] = await notes(t, groups(all('sg-primary'), all('sg-core')));
  t.regex(note?.seen ?? '', /^the security groups let TCP 1 \(Livy\), .* in from 127\.0\.0\.1 \(this machine\)$/);
  t.regex(note?.next ?? '', /network ACL or the routes of subnet-7/);
  t.is(more.length, 0);
});

test.serial(
  'where EC2 may not be asked, doctor names the right that is missing and what to look for by hand',
  async (t) => {
    const body =
      '<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>You are not authorized to perform this operation. User: arn:aws:iam::1:user/ada is not authorized to perform: ec2:DescribeSecurityGroups because no identity-based policy allows it</Message></Error></Errors></Response>';
    const [note, ...more] = await notes(t, { status: 403, body });
    t.regex(
      note?.seen ?? '',
      /user\/ada may not ec2:DescribeSecurityGroups .*; security group sg-primary has to let in TCP 1 \(Livy\)/,
    );
    t.regex(note?.next ?? '', /^with ec2:DescribeSecurityGroups doctor looks itself; add what is missing/);
    t.is(more.length, 0);
  },
);

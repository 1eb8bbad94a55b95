import process from 'node:process';
import test, { type ExecutionContext } from 'ava';
import { awsClients } from '../../../src/aws/index.js';
import { lookAtInbound } from '../../../src/aws/ec2/index.js';
import { BadAnswerError } from '../../../src/core/index.js';
import { standInCredentials } from '../../helpers/moto.js';
import { webServer } from '../../helpers/web-server.js';

standInCredentials();

/** As EC2 (and moto) write it: what comes once is no list, and what is empty is there. */
const rule = (from: number, to: number, inside: string, protocol = 'tcp'): string =>
  `<item><ipProtocol>${protocol}</ipProtocol>${protocol === '-1' ? '' : `<fromPort>${from}</fromPort><toPort>${to}</toPort>`}${inside}</item>`;
const range = (cidr: string): string =>
  `<groups/><ipRanges><item><cidrIp>${cidr}</cidrIp></item></ipRanges><ipv6Ranges/><prefixListIds/>`;
const member = (group: string): string =>
  `<groups><item><userId>1</userId><groupId>${group}</groupId></item></groups><ipRanges/><ipv6Ranges/><prefixListIds/>`;
const prefixes = (list: string): string =>
  `<groups/><ipRanges/><ipv6Ranges/><prefixListIds><item><prefixListId>${list}</prefixListId></item></prefixListIds>`;
const group = (id: string, ...rules: readonly string[]): string =>
  `<item><groupId>${id}</groupId><vpcId>vpc-1</vpcId><ipPermissions>${rules.join('')}</ipPermissions></item>`;
const card = (mac: string, ...groups: readonly string[]): string =>
  `<item><macAddress>${mac}</macAddress><vpcId>vpc-1</vpcId><subnetId>subnet-7</subnetId><groupSet>${groups
    .map((id) => `<item><groupId>${id}</groupId></item>`)
    .join('')}</groupSet></item>`;

interface Ec2 {
  readonly groups: readonly string[];
  readonly cards?: readonly string[] | 'denied';
}

async function ec2(t: ExecutionContext, { groups, cards = [] }: Ec2) {
  const server = await webServer(t, ({ url }, response) => {
    const action = new URL(url, 'http://ec2').searchParams.get('Action');
    if (action === 'DescribeSecurityGroups')
      return response.end(
        `<?xml version="1.0"?><DescribeSecurityGroupsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><securityGroupInfo>${groups.join('')}</securityGroupInfo></DescribeSecurityGroupsResponse>`,
      );
    if (cards !== 'denied')
      return response.end(
        `<DescribeNetworkInterfacesResponse><networkInterfaceSet>${cards.join('')}</networkInterfaceSet></DescribeNetworkInterfacesResponse>`,
      );
    return response
      .writeHead(403)
      .end(
        '<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>You are not authorized to perform this operation. User: arn:aws:iam::1:user/ada is not authorized to perform: ec2:DescribeNetworkInterfaces because no identity-based policy allows it</Message></Error></Errors></Response>',
      );
  });
  const clients = awsClients({ region: 'eu-west-1' });
  t.teardown(() => clients.close());
  const look = (own: { readonly address: string; readonly mac?: string } | undefined, isConfigured = true) =>
    lookAtInbound(
      [
        { port: 8998, service: 'Livy', groups: ['sg-primary'] },
        { port: 8042, service: 'logs', groups: ['sg-core'] },
      ],
      {
        region: 'eu-west-1',
        clients,
        ...(isConfigured && { endpointUrl: server.url }),
        towards: '10.0.3.7',
        ownAddress: async () => own && { address: own.address, mac: own.mac },
      },
    );
  return { server, look };
}

const states = ({ ports }: Awaited<ReturnType<typeof lookAtInbound>>): readonly string[] =>
  ports.map(({ state }) => state);

test('a port is open where a rule for it, or for all, holds our address', async (t) => {
  const { look, server } = await ec2(t, {
    groups: [
      group('sg-primary', rule(22, 22, range('0.0.0.0/0')), rule(8000, 9000, range('10.0.0.0/16'))),
      group('sg-core', rule(0, 0, range('10.0.5.3/32'), '-1')),
    ],
  });
  t.deepEqual(states(await look({ address: '10.0.5.3' })), ['open', 'open']);
  t.deepEqual(states(await look({ address: '10.1.5.3' })), ['closed', 'closed']);
  const [asked] = server.seen;
  t.is(asked?.method, 'GET');
  const { searchParams } = new URL(asked?.url ?? '', 'http://ec2');
  t.deepEqual([searchParams.get('GroupId.1'), searchParams.get('GroupId.2')], ['sg-primary', 'sg-core']);
  t.regex(
    String(asked?.headers.authorization),
    /^AWS4-HMAC-SHA256 Credential=stand-in\/\d{8}\/eu-west-1\/ec2\/aws4_request/,
  );
});

test('a rule for a group counts for whoever is in it, by the card and not by an address that others have too', async (t) => {
  const groups = [group('sg-primary', rule(8998, 8998, member('sg-9'))), group('sg-core')];
  const { look } = await ec2(t, {
    groups,
    cards: [card('0a:00:00:00:00:01', 'sg-9', 'sg-2'), card('0a:00:00:00:00:02')],
  });
  const own = await look({ address: '10.0.5.3', mac: '0a:00:00:00:00:01' });
  t.deepEqual(states(own), ['open', 'closed']);
  t.deepEqual(own.own, { vpc: 'vpc-1', subnet: 'subnet-7', groups: ['sg-9', 'sg-2'] });
  const other = await look({ address: '10.0.5.3', mac: '0a:00:00:00:00:03' });
  t.deepEqual(states(other), ['closed', 'closed']);
  t.deepEqual(other.ports[0]?.openTo, ['sg-9']);
  t.is(other.own, undefined);
});

test('what cannot be judged is not called closed: lists, groups that may not be asked for, an address that is not ours to know', async (t) => {
  const groups = [
    group('sg-primary', rule(8998, 8998, member('sg-9'))),
    group('sg-core', rule(8042, 8042, prefixes('pl-1'))),
  ];
  const { look } = await ec2(t, { groups, cards: 'denied' });
  const report = await look({ address: '10.0.5.3', mac: '0a:00:00:00:00:01' });
  t.deepEqual(states(report), ['unknown', 'unknown']);
  t.regex(report.ownUnknown ?? '', /arn:aws:iam::1:user\/ada may not ec2:DescribeNetworkInterfaces/);
  t.deepEqual(states(await look(undefined)), ['unknown', 'unknown']);
});

test('without a rule at all nobody needs to know our address', async (t) => {
  const { look } = await ec2(t, {
    groups: [group('sg-primary', rule(8998, 8998, range('10.0.0.0/8'), 'udp')), group('sg-core')],
  });
  t.deepEqual(states(await look(undefined)), ['closed', 'closed']);
});

test('what does not answer as EC2 does, or leaves a group out, says nothing of rules', async (t) => {
  const nothing = await ec2(t, { groups: [group('sg-primary')] });
  await t.throwsAsync(nothing.look({ address: '10.0.5.3' }), {
    instanceOf: BadAnswerError,
    message: /EC2 told nothing of sg-core$/,
  });
  const strange = await ec2(t, { groups: ['<item><vpcId>vpc-1</vpcId></item>'] });
  await t.throwsAsync(strange.look({ address: '10.0.5.3' }), { instanceOf: BadAnswerError });
});

test.serial('EC2 is looked for where the other clients look: the variable of its own before that of all', async (t) => {
  const { look, server } = await ec2(t, { groups: [group('sg-primary'), group('sg-core')] });
  process.env.AWS_ENDPOINT_URL = 'http://127.0.0.1:1';
  process.env.AWS_ENDPOINT_URL_EC2 = server.url;
  t.teardown(standInCredentials);
  t.deepEqual(states(await look({ address: '10.0.5.3' }, false)), ['closed', 'closed']);
});

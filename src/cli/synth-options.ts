import type { OptionTable } from './option-spec.js';

const [FORMAT, FUNCTIONS, NETWORK, START, OURS] = [
  'synth: format (one of them)',
  'synth: functions and ledger',
  'synth: network',
  'synth: what starts it, and what is told',
  'synth: what you bring',
];

const flag = (describe: string, group: string) => ({ type: 'boolean', describe, group }) as const;
const text = (describe: string, group: string) => ({ type: 'string', describe, group }) as const;
const list = (describe: string, group: string) =>
  ({ type: 'list', describe: `${describe}; may be repeated`, group }) as const;

/** Flags of `workflow synth`. What is left out and differs by environment becomes a parameter of the template. */
export const synthOptions = {
  cfn: flag('A template of CloudFormation (the default)', FORMAT),
  sam: flag('A template of SAM', FORMAT),
  terraform: flag('A module of Terraform, in its JSON', FORMAT),
  asl: flag('The machine alone, with placeholders for its functions', FORMAT),
  force: flag('synth: overwrite files that livywire did not write', FORMAT),

  cluster: text('EMR cluster: name, id, tag:key=value, or auto', FUNCTIONS),
  url: text("Livy's address in place of a cluster, http(s)://host:8998", FUNCTIONS),
  env: list('Variable of the functions, NAME=VALUE, as in LIVYWIRE_YARN_URL=http://…', FUNCTIONS),
  secret: list('Variable that stands in Secrets Manager: NAME=<ARN>, or NAME=<ARN>#<field>', FUNCTIONS),
  ledger: text('A ledger that is there, s3://bucket/prefix (default: a bucket is made)', FUNCTIONS),
  'ledger-bucket': text('Name of the bucket that is made (default: AWS chooses)', FUNCTIONS),
  'ledger-days': text('Remove ended runs after so many days (default: never)', FUNCTIONS),
  reads: list('Inputs, outputs and logs that the functions may look at, s3://bucket/prefix', FUNCTIONS),
  memory: text('Memory of a function in MB (default 512)', FUNCTIONS),
  architecture: { ...text('Processor (default arm64)', FUNCTIONS), choices: ['arm64', 'x86_64'] },
  concurrency: text('Reserve so many calls at once for each function (default: none)', FUNCTIONS),
  xray: flag('Trace functions and machine with X-Ray', FUNCTIONS),
  'log-days': text('Keep logs for so many days', FUNCTIONS),

  vpc: text('VPC of the cluster', NETWORK),
  subnet: list('Subnet of the functions', NETWORK),
  'security-group': list('Group of the functions (default: one is made)', NETWORK),
  'primary-security-group': text("Group of the cluster's primary node, which lets the functions in", NETWORK),
  'core-security-group': text('Group of its core and task nodes, for logs of what runs', NETWORK),
  'no-vpc': flag('The functions are outside of any VPC', NETWORK),

  trigger: text('Each object under s3://bucket/prefix starts an execution; --input has its input, with {uri}', START),
  schedule: text('rate(1 day) or cron(0 3 * * ? *) starts an execution; --input has its input, with {date}', START),
  email: text('Address that alarms are sent to', START),
  topic: text('ARN of the topic that alarms are told (default: one is made)', START),
  'oldest-run': text('Alarm for a run that is open for so many hours (default 24)', START),
  audit: {
    ...text('Where it is told who calls EMR, by CloudTrail (default log)', START),
    choices: ['log', 'topic', 'none'],
  },

  'name-prefix': text('In front of all names (default: the parameter NamePrefix, livywire-)', OURS),
  role: list('Role in place of one that is made: functions=<ARN>, submit=<ARN>, machine=<ARN>, trigger=<ARN>', OURS),
  'permissions-boundary': text('ARN of the boundary of every role that is made', OURS),
  'machine-policy': text("File with more statements for the machine's role, a JSON list", OURS),
  'kms-key': text('ARN of the key of bucket, queue, topic, logs and variables', OURS),
  tag: list('Tag of everything, NAME=VALUE', OURS),
  'log-group': list('Log group in place of one that is made: functions=<name>, machine=<name>, audit=<name>', OURS),
} as const satisfies OptionTable;

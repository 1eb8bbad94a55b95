/**
 * Terraform itself, without the provider of AWS, which is to be had from the internet alone: each resource is put in the place of one that
 * Terraform brings along, so that names, references and expressions are judged, and what they come to is seen. That the provider knows each
 * argument is not proven here.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { terraformFiles, terraformVariables } from '../../../src/workflow/index.js';
import { code, deploy, everything, machineNames, type MachineName, roleArn } from './deployments.js';
import { accepts, has } from './tools.js';

type Groups = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
interface Main {
  readonly variable?: Readonly<Record<string, { readonly type: string }>>;
  readonly data: Groups;
  readonly resource: Groups;
  readonly output: Readonly<Record<string, unknown>>;
}

const mainOf = (name: MachineName, more = {}): Main =>
  JSON.parse(terraformFiles(deploy(name, more).deployment, { code })[0]?.content ?? '') as Main;

const secret = JSON.stringify({ password: 'from the secret' });

/** Where each resource, and what is read, is one of `terraform_data`, whose output has what was put in. */
function withoutProvider({ variable = {}, data, resource }: Main): object {
  const stand = (text: string): string =>
    text.replace(
      /(?<![\w.])(data\.)?(aws_\w+)\.(\w+)\.(\w+)/g,
      (_whole, read: string | undefined, type: string, name: string, field: string) =>
        `try(terraform_data.${read === undefined ? '' : 'read_'}${type}__${name}.output.${field}, "${type}.${name}.${field}")`,
    );
  const inside = (value: unknown): unknown => {
    if (typeof value === 'string') return value.includes('${') ? stand(value) : value;
    if (Array.isArray(value)) return value.map(inside);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, inside(one)]));
  };
  const all = (groups: Groups, before: string) =>
    Object.entries(groups).flatMap(([type, named]) =>
      Object.entries(named).map(([name, { lifecycle: _kept, depends_on: _after, ...fields }]) => [
        `${before}${type}__${name}`,
        {
          input: inside({ ...fields, ...(type === 'aws_secretsmanager_secret_version' && { secret_string: secret }) }),
        },
      ]),
    );
  return {
    ...(Object.keys(variable).length > 0 && { variable }),
    resource: { terraform_data: Object.fromEntries([...all(data, 'read_'), ...all(resource, '')]) as object },
  };
}

async function folderOf(t: ExecutionContext, main: object, definition: unknown): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'livywire-test-'));
  t.teardown(() => rm(made, { recursive: true, force: true }));
  await writeFile(join(made, 'main.tf.json'), JSON.stringify(main, undefined, 1));
  await writeFile(join(made, 'machine.asl.json'), JSON.stringify(definition));
  for (const { file } of Object.values(code)) {
    await mkdir(dirname(join(made, file)), { recursive: true });
    await writeFile(join(made, file), '');
  }
  return made;
}

const values: Readonly<Record<string, string>> = {
  cluster: 'nightly',
  vpc_id: 'vpc-0a1b2c3d',
  subnet_ids: '["subnet-0a1b2c3d","subnet-0b2b2c3d"]',
  primary_security_group_id: 'sg-0a1b2c3d',
};

for (const [name, what, more] of [
  ['run-spark-job', 'run-spark-job', {}],
  ['run-spark-job', 'run-spark-job with everything that can be asked for', everything],
  ['pipeline', 'a pipeline', {}],
] as const) {
  test(`Terraform takes every name and expression of ${what}, and comes to what CloudFormation would`, async (t) => {
    if (!(await has(t, 'terraform', 'version'))) return;
    t.timeout(90_000);
    const { deployment, definition } = deploy(name, more);
    const folder = await folderOf(t, withoutProvider(mainOf(name, more)), definition);
    await accepts(t, 'terraform', [`-chdir=${folder}`, 'init', '-input=false', '-no-color']);
    await accepts(t, 'terraform', [`-chdir=${folder}`, 'validate', '-no-color']);
    const given = Object.keys(terraformVariables(deployment)).flatMap((one) => (values[one] === undefined ? [] : ['-var', `${one}=${values[one]}`])); // prettier-ignore
    await accepts(t, 'terraform', [
      `-chdir=${folder}`,
      'apply',
      '-auto-approve',
      '-input=false',
      '-no-color',
      ...given,
    ]);
    const shown = JSON.parse(await accepts(t, 'terraform', [`-chdir=${folder}`, 'show', '-json'])) as {
      readonly values: {
        readonly root_module: {
          readonly resources: readonly {
            readonly name: string;
            readonly values: { readonly output: Record<string, string> };
          }[];
        };
      };
    };
    const made = new Map(shown.values.root_module.resources.map((one) => [one.name, one.values.output]));
    const machine = made.get('aws_sfn_state_machine__state_machine');
    const text = machine?.definition ?? '';
    t.true(text.includes('"FunctionName":"aws_lambda_alias.submit_alias.arn"'));
    t.false(/\$\{\w+Function\}|arn:aws:states/.test(text));
    t.deepEqual(
      (JSON.parse(text) as { readonly StartAt: string }).StartAt,
      (definition as unknown as { readonly StartAt: string }).StartAt,
    );
    const prefix = what.includes('everything') ? 'etl-' : 'livywire-';
    t.is(machine?.name, `${prefix}${name === 'pipeline' ? 'nightly' : name}`);
    if (what.includes('everything'))
      t.true(JSON.stringify(made.get('aws_lambda_function__submit_function')).includes('"from the secret"'));
    t.regex(made.get('aws_lambda_function__submit_function')?.source_code_hash ?? '', /^[\w+/=]{44}$/);
  });
}

test('Terraform is no yes-sayer: a reference to nothing is refused', async (t) => {
  if (!(await has(t, 'terraform', 'version'))) return;
  t.timeout(60_000);
  const main = mainOf('run-glue-job');
  const { aws_sqs_queue: _gone, ...resource } = main.resource;
  const folder = await folderOf(t, withoutProvider({ ...main, resource }), {});
  await accepts(t, 'terraform', [`-chdir=${folder}`, 'init', '-input=false', '-no-color']);
  await t.throwsAsync(
    async () => {
      const { execa } = await import('execa');
      await execa('terraform', [`-chdir=${folder}`, 'validate', '-no-color']);
    },
    { message: /aws_sqs_queue__failed_queue/ },
  );
});

test('in Terraform functions and the machine wait for the rights of the roles that are made for them', (t) => {
  const { aws_sfn_state_machine: machines, aws_lambda_function: functions } = mainOf('run-spark-job').resource;
  t.deepEqual(machines?.state_machine?.depends_on, ['aws_iam_role_policy.machine_role']);
  t.deepEqual(functions?.submit_function?.depends_on, ['aws_iam_role_policy.submit_role']);
  const brought = mainOf('run-spark-job', { roles: { machine: roleArn } }).resource;
  t.is(brought.aws_sfn_state_machine?.state_machine?.depends_on, undefined);
  t.true('machine_role' in (mainOf('run-spark-job').resource.aws_iam_role_policy ?? {}));
});

for (const name of machineNames) {
  test(`what ${name} needs is the same in Terraform as in CloudFormation`, (t) => {
    const { deployment } = deploy(name, name.startsWith('run-spark-job') ? everything : {});
    const main = mainOf(name, name.startsWith('run-spark-job') ? everything : {});
    const count = (type: string): number =>
      Object.values(deployment.resources).filter(({ Type }) => Type === type).length;
    for (const [theirs, ours] of [
      ['AWS::Lambda::Function', 'aws_lambda_function'],
      ['AWS::Lambda::Alias', 'aws_lambda_alias'],
      ['AWS::IAM::Role', 'aws_iam_role'],
      ['AWS::IAM::Role', 'aws_iam_role_policy'],
      ['AWS::Events::Rule', 'aws_cloudwatch_event_target'],
      ['AWS::CloudWatch::Alarm', 'aws_cloudwatch_metric_alarm'],
      ['AWS::S3::Bucket', 'aws_s3_bucket_public_access_block'],
    ] as const)
      t.is(Object.keys(main.resource[ours] ?? {}).length, count(theirs), ours);
    t.false(JSON.stringify(main).includes('Fn::'));
  });
}

/** The construct as a CDK program uses it: synthesized in this process, with stand-ins for the handlers' bundles. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { App, CfnParameter, Lazy, Stack, Token } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { SparkJob, type SparkJobProps } from '../../src/cdk/index.js';
import { ConfigError } from '../../src/core/index.js';
import { deploy, everything, roleArn } from '../workflow/deploy/deployments.js';
import { accepts, has } from '../workflow/deploy/tools.js';

const network = { vpc: 'vpc-0a1b2c3d', subnets: ['subnet-0a1b2c3d'], primaryGroup: 'sg-0a1b2c3d' };

async function bundles(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'livywire-cdk-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  for (const handler of ['submit', 'status', 'cancel', 'diagnose', 'watch']) {
    await mkdir(join(folder, handler));
    await writeFile(join(folder, handler, 'index.mjs'), `// ${handler}\n`);
  }
  return folder;
}

interface Template {
  readonly Resources: Readonly<
    Record<
      string,
      {
        readonly Type: string;
        readonly Properties: Readonly<Record<string, unknown>>;
        readonly DeletionPolicy?: string;
      }
    >
  >;
}

/** What the CDK would deploy. */
async function synthesized(
  t: ExecutionContext,
  props: SparkJobProps,
  more?: (job: SparkJob, stack: Stack) => void,
): Promise<Template> {
  const folder = await bundles(t);
  const app = new App({ outdir: join(folder, 'cdk.out') });
  const stack = new Stack(app, 'Etl');
  more?.(new SparkJob(stack, 'Job', { bundles: folder, ...props }), stack);
  if (!more) new SparkJob(stack, 'Job', { bundles: folder, ...props });
  return app.synth().getStackByName('Etl').template as Template;
}

const count = ({ Resources }: Template, type: string): number =>
  Object.values(Resources).filter(({ Type }) => Type === type).length;

test('the construct makes of everything what the template of synth has', async (t) => {
  const template = await synthesized(t, everything);
  const { resources } = deploy('run-spark-job', everything).deployment;
  const types = (all: Readonly<Record<string, { readonly Type: string }>>): readonly string[] =>
    Object.values(all).map(({ Type }) => Type).filter((type) => type !== 'AWS::CDK::Metadata').sort(); // prettier-ignore
  t.deepEqual(types(template.Resources), types(resources));
  const bucket = Object.values(template.Resources).find(({ Type }) => Type === 'AWS::S3::Bucket');
  t.is(bucket?.DeletionPolicy, 'Retain');
  // What refers to others does so by the names that the CDK chose; its own bucket is named by a Fn::Sub.
  t.deepEqual(JSON.stringify(template).match(/\$\{(?!AWS::)[^}]*\}/g), null);
});

test('cfn-lint finds nothing to say about what the CDK makes of it', async (t) => {
  if (!(await has(t, 'cfn-lint', '--version'))) return;
  t.timeout(110_000);
  const template = await synthesized(t, { cluster: 'nightly', ...network });
  const file = join(await bundles(t), 'template.json');
  await writeFile(file, JSON.stringify(template));
  // What the CDK itself writes: the parameter of its bootstrap, which nothing refers to.
  await accepts(t, 'cfn-lint', ['--regions', 'eu-west-1', '--ignore-checks', 'W2001', '--', file]);
});

test('the machine names the aliases of its functions, and the functions their code', async (t) => {
  const template = await synthesized(t, { cluster: 'nightly', ...network });
  const machine = Object.values(template.Resources).find(({ Type }) => Type === 'AWS::StepFunctions::StateMachine');
  const aliases = Object.entries(template.Resources).filter(([, { Type }]) => Type === 'AWS::Lambda::Alias');
  t.is(aliases.length, 5);
  const text = JSON.stringify(machine?.Properties.DefinitionString);
  for (const [name, { Properties }] of aliases) {
    t.is(Properties.Name, 'live');
    if (/Submit|Status|Cancel/.test(name)) t.true(text.includes(`{"Ref":"${name}"}`), name);
  }
  const code = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::Lambda::Function').map(({ Properties }) => JSON.stringify(Properties.Code)); // prettier-ignore
  t.is(new Set(code).size, 5);
  t.true(
    code.every((one) => /S3Key":"[0-9a-f]{64}\.zip/.test(one)),
    code[0],
  );
});

test('with all roles brought it creates no IAM at all', async (t) => {
  const names = ['submit', 'status', 'cancel', 'diagnose', 'watch', 'machine', 'trigger'];
  const roles = Object.fromEntries(names.map((name) => [name, roleArn]));
  const template = await synthesized(t, { cluster: 'nightly', ...network, roles });
  t.is(count(template, 'AWS::IAM::Role'), 0);
  t.is(count(template, 'AWS::IAM::Policy'), 0);
});

test('somebody can be let start executions', async (t) => {
  const template = await synthesized(t, { cluster: 'nightly', ...network }, (job, stack) => {
    job.grantStart(new Role(stack, 'Scheduler', { assumedBy: new ServicePrincipal('scheduler.amazonaws.com') }));
    t.truthy(job.ledgerUrl);
    t.truthy(job.alarmTopic.topicArn);
  });
  const policy = Object.values(template.Resources).find(({ Type }) => Type === 'AWS::IAM::Policy');
  t.true(JSON.stringify(policy).includes('states:StartExecution'));
});

test('what would be a parameter of a template has to be given', async (t) => {
  const error = await t.throwsAsync(synthesized(t, { cluster: 'nightly' }), { instanceOf: ConfigError });
  t.is(error.message, 'SparkJob: give subnets, primaryGroup, vpc, or noVpc where Livy can be reached from outside');
  await t.notThrowsAsync(synthesized(t, { noVpc: true, env: { LIVYWIRE_URL: 'https://livy.example.com' } }));
});

test('versions are the same in each program that says the same, and others where a subnet is another', async (t) => {
  const folder = await bundles(t);
  const versions = (before: number, name: string): readonly string[] => {
    const stack = new Stack(new App({ outdir: join(folder, `${name}${before}`) }), 'Etl');
    // Each uses up numbers of tokens.
    for (let i = 0; i < before; i++) Token.asString(Lazy.string({ produce: () => 'x' }));
    const subnet = new CfnParameter(stack, name).valueAsString;
    new SparkJob(stack, 'Job', { bundles: folder, cluster: 'nightly', ...network, subnets: [subnet] });
    return stack.node.findAll().map(({ node }) => node.id).filter((id) => id.includes('Version')); // prettier-ignore
  };
  t.is(versions(0, 'One').length, 5);
  t.deepEqual(versions(0, 'One'), versions(7, 'One'));
  t.notDeepEqual(versions(0, 'One'), versions(0, 'Other'));
});

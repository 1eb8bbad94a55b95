/** Templates as AWS's own tools judge them. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import test, { type ExecutionContext } from 'ava';
import validate from 'asl-validator';
import { cfnTemplate, samTemplate } from '../../../src/workflow/index.js';
import { code, deploy, everything, machineNames, machines, scheduled } from './deployments.js';
import { accepts, has } from './tools.js';

async function folder(t: ExecutionContext): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'livywire-test-'));
  t.teardown(() => rm(made, { recursive: true, force: true }));
  return made;
}

const variants = [
  ...machineNames.map((name) => ({ name, what: name, more: {} })),
  { name: 'run-spark-job', what: 'run-spark-job, with everything that can be asked for', more: everything },
  { name: 'run-glue-job', what: 'run-glue-job, by a schedule', more: scheduled },
] as const;
/** What stands for the rest: cfn-lint takes seconds for each. */
const linted: readonly string[] = ['run-spark-job, with everything that can be asked for', 'run-glue-job, by a schedule', 'pipeline']; // prettier-ignore

// One start of cfn-lint for all: most of its time is the reading of its own tables.
test('cfn-lint finds nothing to say about any template of CloudFormation or SAM', async (t) => {
  if (!(await has(t, 'cfn-lint', '--version'))) return;
  t.timeout(110_000);
  const into = await folder(t);
  const files: string[] = [];
  for (const [i, { name, more }] of variants.filter(({ what }) => linted.includes(what)).entries()) {
    const { deployment } = deploy(name, more);
    for (const [format, template] of [
      ['cfn', cfnTemplate(deployment)],
      ['sam', samTemplate(deployment, { code })],
    ] as const) {
      const file = join(into, `${format}-${i}.json`);
      await writeFile(file, JSON.stringify(template));
      files.push(file);
    }
  }
  await accepts(t, 'cfn-lint', ['--regions', 'eu-west-1', '--', ...files]);
});

test('cfn-lint is no yes-sayer: it finds a resource that is not there', async (t) => {
  if (!(await has(t, 'cfn-lint', '--version'))) return;
  t.timeout(110_000);
  const template = cfnTemplate(deploy('run-glue-job').deployment) as unknown as { Resources: Record<string, unknown> };
  const { AlarmTopic: _gone, ...Resources } = template.Resources;
  const file = join(await folder(t), 'broken.json');
  await writeFile(file, JSON.stringify({ ...template, Resources }));
  const { stdout } = await execa('cfn-lint', [file], { reject: false });
  t.regex(stdout, /AlarmTopic/);
});

const TRANSFORM = `
import json, sys
from samtranslator.translator.transform import transform
from samtranslator.parser.parser import Parser
given = json.load(sys.stdin)
# sam deploy uploads a file, and puts its address in the file's place before AWS transforms the template.
for one in given["Resources"].values():
    if one["Type"] == "AWS::Serverless::Function":
        one["Properties"]["CodeUri"] = {"Bucket": "b", "Key": one["Properties"]["CodeUri"]}
class Policies:
    def load(self):
        return {}
print(json.dumps(transform(given, {}, Policies())))
`;

test('SAM makes of its template the functions, versions and aliases that CloudFormation is given', async (t) => {
  const python = ['python3', ['-c', 'import samtranslator']] as const;
  if (!(await has(t, python[0], ...python[1]))) return;
  process.env.AWS_DEFAULT_REGION ??= 'eu-west-1';
  const { deployment } = deploy('run-spark-job', everything);
  const given = samTemplate(deployment, { code });
  const made = JSON.parse(await accepts(t, 'python3', ['-c', TRANSFORM], JSON.stringify(given))) as {
    readonly Resources: Readonly<
      Record<string, { readonly Type: string; readonly Properties: Record<string, unknown> }>
    >;
  };
  const count = (type: string): number => Object.values(made.Resources).filter(({ Type }) => Type === type).length;
  t.is(count('AWS::Lambda::Function'), 5);
  t.is(count('AWS::Lambda::Version'), 5);
  t.is(count('AWS::Lambda::Alias'), 5);
  t.is(count('AWS::IAM::Role'), 7, 'SAM makes no role of its own');
  t.false(JSON.stringify(made).includes('SubmitAlias"'));
  const machine = JSON.stringify(made.Resources.StateMachine?.Properties.DefinitionString);
  for (const name of ['Submit', 'Status', 'Cancel']) t.true(machine.includes(`\${${name}FunctionAliaslive}`));
});

for (const { name, what, more } of variants) {
  test(`the deployed definition of ${what} is valid Amazon States Language`, (t) => {
    const { definition } = deploy(name, more);
    const answer = validate(structuredClone(definition) as object);
    t.true(answer.isValid, answer.errorsText('\n'));
  });
}

test('a definition as it is deployed names no placeholder of a function', (t) => {
  for (const name of machineNames) t.false(JSON.stringify(deploy(name).definition).includes('livywire-placeholder'));
  t.true(JSON.stringify(machines['run-spark-job'].definition).includes('livywire-placeholder'));
});

interface Deployed {
  readonly status: string;
  /** Types of resources that moto does not know. */
  readonly unknown: readonly string[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly definition: unknown;
  readonly targets: Readonly<Record<string, readonly string[]>>;
  readonly functions: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

test('CloudFormation as moto has it deploys the template: functions, machine, rules and ledger know each other', async (t) => {
  if (!(await has(t, 'python3', '-c', 'import boto3, moto.cloudformation'))) return;
  t.timeout(110_000);
  const { trigger } = everything;
  const template = cfnTemplate(deploy('run-spark-job', trigger && { trigger }).deployment);
  const objects = Object.values(code).map(({ file }) => `livywire/${file}`);
  const said = await accepts(t, 'python3', [fileURLToPath(new URL('deploy-to-moto.py', import.meta.url))], JSON.stringify({ template, objects })); // prettier-ignore
  const { status, unknown, outputs, definition, targets, functions } = JSON.parse(said) as Deployed;
  t.is(status, 'CREATE_COMPLETE');
  // Of these nothing is proven by this test.
  t.deepEqual(
    unknown.filter((type) => !/::(?:Alarm|Alias|\w+Policy)$/.test(type)),
    [],
  );
  const arn = 'arn:aws:lambda:eu-west-1:123456789012:function:livywire-';
  const text = JSON.stringify(definition);
  for (const handler of ['submit', 'status', 'cancel']) t.true(text.includes(`"FunctionName":"${arn}${handler}"`));
  t.false(text.includes('${'));
  t.deepEqual(targets['livywire-watch'], [`${arn}watch`]);
  t.deepEqual(targets['livywire-cluster-ends'], [`${arn}watch`]);
  t.deepEqual(targets['livywire-start'], [outputs.StateMachineArn]);
  t.deepEqual(Object.keys(functions).sort(), ['cancel', 'diagnose', 'status', 'submit', 'watch'].map((name) => `livywire-${name}`)); // prettier-ignore
  for (const env of Object.values(functions)) t.is(env.LIVYWIRE_LEDGER, outputs.Ledger);
});

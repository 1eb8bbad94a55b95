import { join, resolve } from 'node:path';
import { loadSynth, loadWorkflow, type SynthFormat } from '../app/index.js';
import { ConfigError } from '../core/index.js';
import type { Context } from './define.js';
import { exitCodes } from './exit-code.js';
import { machineOf } from './machines.js';
import { compileFile, isPipelineFile } from './pipeline-file.js';
import { plain, shellWord } from './show.js';
import { type SynthArgs, synthSettings } from './synth-settings.js';

type SynthVerbArgs = SynthArgs &
  Parameters<typeof machineOf>[1] & { readonly output: string | undefined; readonly bundles: string | undefined };

const formats: readonly SynthFormat[] = ['cfn', 'sam', 'terraform', 'asl'];

/** @throws ConfigError for more than one */
function formatOf(args: SynthArgs): SynthFormat {
  const asked = formats.filter((format) => args[format]);
  if (asked.length <= 1) return asked[0] ?? 'cfn';
  throw new ConfigError(
    `${asked.map((one) => `--${one}`).join(' and ')}: a template has one format; give one of them`,
    {
      field: `--${asked[1]}`,
    },
  );
}

/** `workflow synth`: a machine and all it needs as a template, in a folder. */
export async function synthFile(machine: string, args: SynthVerbArgs, context: Context): Promise<number> {
  const { out, io } = context;
  const { output } = args;
  if (output === undefined)
    throw new ConfigError('--output is missing: the folder that template and code are written to, as in -o deploy', {
      field: '--output',
    });
  if (args.functions !== undefined)
    throw new ConfigError('--functions names functions that are there; synth makes them: use --name-prefix', {
      field: '--functions',
    });
  const format = formatOf(args);
  const [{ synthesize }, { PLACEHOLDER_PREFIX: prefix }] = await Promise.all([loadSynth(), loadWorkflow()]);
  const pipeline = isPipelineFile(machine) ? await compileFile(machine, { prefix }, context) : undefined;
  const toDeploy = {
    name: pipeline?.name ?? machine,
    hasKeys: machine === 'run-spark-job',
    definition: pipeline?.definition ?? (await machineOf(machine, { ...args, functions: prefix })),
  };
  const folder = resolve(io.cwd, output);
  const options = { ...(await synthSettings(args, context)), machine: toDeploy };
  const { bundles, force } = args;
  const made = await synthesize({ options, format, folder, bundles, force });
  const next = nextLines(format, output, toDeploy.name, made);
  for (const file of made.files) out.result(plain(join(output, file)));
  for (const note of notesOf(options, made.hasFunctions)) out.note(note);
  out.note(['next:', ...next.map((line) => `  ${line}`)].join('\n'));
  out.document({ v: 1, kind: 'synth', format, machine: toDeploy.name, folder, ...made, next });
  return exitCodes.succeeded;
}

type Made = Awaited<ReturnType<Awaited<ReturnType<typeof loadSynth>>['synthesize']>>;

/** What to type next: can be pasted once the values in angle brackets are there. */
function nextLines(
  format: SynthFormat,
  output: string,
  machine: string,
  { open, hasFunctions, hasRoles }: Made,
): string[] {
  const folder = shellWord(output);
  const stack = shellWord(`livywire-${machine}`);
  const overrides = open.length === 0 ? '' : ` --parameter-overrides ${open.map((name) => `${name}=<…>`).join(' ')}`;
  const capabilities = hasRoles ? ' --capabilities CAPABILITY_IAM' : '';
  switch (format) {
    case 'cfn':
      return [
        ...(hasFunctions ? [`aws s3 cp --recursive ${folder}/functions s3://<CodeBucket>/livywire/functions`] : []),
        `aws cloudformation deploy --stack-name ${stack} --template-file ${folder}/template.yaml --s3-bucket <CodeBucket>${overrides}${capabilities}`,
      ];
    case 'sam':
      return [
        `sam deploy --stack-name ${stack} --template-file ${folder}/template.yaml --resolve-s3${overrides}${hasRoles || hasFunctions ? ' --capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND' : ' --capabilities CAPABILITY_AUTO_EXPAND'}`, // prettier-ignore
      ];
    case 'terraform':
      return [
        `terraform -chdir=${folder} init`,
        `terraform -chdir=${folder} apply${open.map((name) => (name.endsWith('_ids') ? ` -var '${name}=["<…>"]'` : ` -var ${name}=<…>`)).join('')}`,
      ];
    case 'asl':
      return [
        `aws stepfunctions create-state-machine --name ${shellWord(machine)} --role-arn <ARN> --definition file://${folder}/machine.asl.json`,
      ];
  }
}

/** What the template cannot do, and somebody has to. */
function notesOf(options: Awaited<ReturnType<typeof synthSettings>>, hasFunctions: boolean): string[] {
  const { trigger, securityGroups, primaryGroup } = options;
  return [
    ...(trigger?.kind === 's3'
      ? [
          `${trigger.bucket} has to tell EventBridge of its objects: switch on "Amazon EventBridge" in its event notifications`,
        ]
      : []),
    ...(hasFunctions && securityGroups && primaryGroup === undefined
      ? [
          `the group of the cluster's primary node has to let ${securityGroups.join(', ')} in on 8998, 8088, 20888, 18080 and 19888, that of its other nodes on 8042; with --primary-security-group the template does it`,
        ]
      : []),
  ];
}

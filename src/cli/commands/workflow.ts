import { ConfigError } from '../../core/index.js';
import { defineCommand } from '../define.js';
import { exitCodes } from '../exit-code.js';
import { machineNames, machineOf, machineOptions } from '../machines.js';
import { ledgerOptions, outputOptions } from '../options.js';
import { compileFile, isPipelineFile } from '../pipeline-file.js';
import { compilePipelineFile, graphPipelineFile, pipelineOptions } from '../workflow-pipeline.js';
import { inputOf, runLocally } from '../workflow-run.js';
import { synthOptions } from '../synth-options.js';
import { synthFile } from '../workflow-synth.js';

const { ledger: _ledger, ...awsOptions } = ledgerOptions;

const actions = ['asl', 'run', 'synth', 'compile', 'graph'] as const;

export const workflowCommand = defineCommand({
  name: 'workflow',
  positionals: '<asl|run|synth> <machine>, or <compile|graph|run|synth> <pipeline file>',
  describe:
    'State machines of Step Functions: print one, make one of a pipeline, draw it, execute it on this machine, or write the template that deploys it',
  details: [
    '',
    `Machines: ${machineNames.join(', ')}; or a file that describes a pipeline.`,
    'workflow run --local needs livywire local up --aws, and the handlers as npm run build makes them.',
  ],
  examples: [
    ['livywire workflow asl run-spark-job', 'the definition, for CreateStateMachine'],
    ['livywire workflow asl run-spark-job --retry NODE_LOST --timeout 4h', 'with new attempts, and an end to them'],
    [
      'livywire workflow synth run-spark-job --cluster nightly -o deploy',
      'a CloudFormation template, with functions, roles, ledger, alarms; then it says what to type',
    ],
    [
      'livywire workflow synth run-spark-job --trigger s3://landing/ --input etl.json -o deploy',
      'etl.json: {"job": {"file": "s3://jobs/etl.py", "args": ["{uri}"]}}',
    ],
    ['livywire local up --aws --name aws', 'an S3, an EMR, a Step Functions and a Lambda of your own'],
    ['livywire workflow run run-spark-job --local --name aws --input etl.json', 'etl.json: {"job": {"file": …}}'],
  ],
  options: {
    local: { type: 'boolean', describe: "run: on this machine's stack", group: 'run' },
    name: { type: 'string', describe: 'run: the local instance (default: default)', group: 'run' },
    input: { type: 'string', describe: 'run, synth: the input, as JSON, a file with it, or - for stdin', group: 'run' },
    bundles: {
      type: 'string',
      describe: "run, synth: the folder of the handlers (default: the package's own)",
      group: 'run',
    },
    ...machineOptions,
    ...pipelineOptions,
    ...synthOptions,
    ...awsOptions,
    ...outputOptions,
  },
  words: { min: 2, max: 2 },
  async run(args, context) {
    const [action = '', machine = ''] = args.rest;
    if (!(actions as readonly string[]).includes(action)) {
      throw new ConfigError(
        `livywire workflow ${action}: write asl, run or synth <machine>, or compile, graph, run or synth <pipeline file>`,
        {
          field: 'workflow',
        },
      );
    }
    if (action === 'compile') return compilePipelineFile(machine, args, context);
    if (action === 'synth') return synthFile(machine, args, context);
    if (action === 'graph') return graphPipelineFile(machine, args, context);
    const pipeline = isPipelineFile(machine)
      ? await compileFile(machine, { prefix: args.functions }, context)
      : undefined;
    const definition = pipeline?.definition ?? (await machineOf(machine, args));
    if (action === 'asl') {
      context.out.result(...JSON.stringify(definition, undefined, 2).split('\n'));
      context.out.document({ v: 1, kind: 'state-machine', machine, definition });
      return exitCodes.succeeded;
    }
    if (!args.local) {
      throw new ConfigError('workflow run executes on this machine only: add --local; in AWS, start an execution', {
        field: '--local',
      });
    }
    if (args.input === undefined) throw new ConfigError('--input is missing', { field: '--input' });
    const input = await inputOf(args.input, context);
    const { name: instance, bundles, functions: prefix } = args;
    return runLocally({ machine: pipeline?.name ?? machine, definition, input, instance, bundles, prefix }, context);
  },
});

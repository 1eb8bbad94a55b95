import { loadWorkflow, parseDuration } from '../app/index.js';
import { ConfigError } from '../core/index.js';
import type { Args } from './define.js';
import type { OptionTable } from './option-spec.js';
import { handlerNames } from './handler-names.js';
import { countOf } from './options.js';
import { nearest } from './scan.js';

export const machineOptions = {
  functions: {
    type: 'string',
    describe: "In front of the handlers' names (default livywire-)",
    group: 'run-spark-job',
  },
  retry: {
    type: 'list',
    describe: 'Code of a diagnosis that a new attempt may help against; may be repeated',
    group: 'run-spark-job',
  },
  'max-retries': {
    type: 'string',
    describe: 'Attempts after the first, with --retry (default 2)',
    group: 'run-spark-job',
  },
  wait: {
    type: 'string',
    describe: 'Who sees the end: poll, the machine itself (default); token, the watch function',
    group: 'run-spark-job',
  },
  timeout: { type: 'string', describe: 'Cancel a run that is older: 90s, 30m, 4h', group: 'Machine' },
  'cluster-id': { type: 'string', describe: 'The EMR cluster, j-…', group: 'run-spark-step' },
  'glue-job': { type: 'string', describe: 'Name of the job', group: 'run-glue-job' },
  'glue-workflow': { type: 'string', describe: 'Name of the workflow', group: 'run-glue-workflow' },
} as const satisfies OptionTable;

type MachineArgs = Args<typeof machineOptions>;
type Workflow = Awaited<ReturnType<typeof loadWorkflow>>;
type Machine = ReturnType<Workflow['runSparkJob']>;

const must = (value: string | undefined, flag: string): string => {
  if (value !== undefined) return value;
  throw new ConfigError(`${flag} is missing`, { field: flag });
};

function sparkJob({ runSparkJob }: Workflow, args: MachineArgs): Machine {
  const maxAttempts = countOf(args['max-retries'], '--max-retries') ?? 2;
  const { wait } = args;
  if (wait !== undefined && wait !== 'poll' && wait !== 'token')
    throw new ConfigError(`--wait: ${JSON.stringify(wait)} is neither poll nor token`, { field: '--wait' });
  return runSparkJob({
    functions: handlerNames(args.functions),
    ...(wait && { wait }),
    ...(args.retry.length > 0 && { retry: { errors: args.retry, maxAttempts } }),
    ...(args.timeout !== undefined && { defaults: timeoutOf(args) }),
  });
}

const timeoutOf = ({ timeout }: MachineArgs): { readonly timeoutSeconds?: number } =>
  timeout === undefined ? {} : { timeoutSeconds: Math.ceil(parseDuration(timeout, '--timeout') / 1_000) };

const machines: Readonly<Record<string, (workflow: Workflow, args: MachineArgs) => Machine>> = {
  'run-spark-job': sparkJob,
  'run-spark-step': ({ runSparkStep }, args) =>
    runSparkStep({ clusterId: must(args['cluster-id'], '--cluster-id'), ...timeoutOf(args) }),
  'run-glue-job': ({ runGlueJob }, args) =>
    runGlueJob({ jobName: must(args['glue-job'], '--glue-job'), ...timeoutOf(args) }),
  'run-glue-workflow': ({ runGlueWorkflow }, args) =>
    runGlueWorkflow({ workflowName: must(args['glue-workflow'], '--glue-workflow') }),
};

export const machineNames = Object.keys(machines);

/** The machine of that name, as data. @throws ConfigError */
export async function machineOf(name: string, args: MachineArgs): Promise<Machine> {
  const make = Object.hasOwn(machines, name) ? machines[name] : undefined;
  if (make) return make(await loadWorkflow(), args);
  const near = nearest(name, machineNames);
  throw new ConfigError(
    `There is no machine ${JSON.stringify(name)}; ${near === undefined ? `there are ${machineNames.join(', ')}` : `did you mean ${near}?`}`,
    { field: 'machine' },
  );
}

import { withEventInput } from './event-input.js';
import { logGroup } from './logs.js';
import { ref, sub, type Value } from './model.js';
import { aliasOfPlaceholder, placeholdersIn, withPlaceholders } from './placeholders.js';
import { allow, ownArn, roleOf, type Statement } from './rights.js';
import type { Stack } from './stack.js';
import { taskStatements } from './task-rights.js';
import { tasksIn } from './tasks.js';

/** Its logical name. */
export const MACHINE = 'StateMachine';

/** The definition as it is deployed: with placeholders for the functions, and an event made an input. */
export function deployedDefinition({ machine, trigger }: Stack['options']): Value {
  const { definition, hasKeys } = machine;
  return withPlaceholders(trigger ? withEventInput(definition, trigger, hasKeys) : definition);
}

/** Whether it calls the handlers, so that they are deployed with it. */
export const callsHandlers = (definition: Value): boolean => placeholdersIn(definition).length > 0;

/** The machine, its role and its log. */
export function addMachine(stack: Stack, definition: Value): void {
  const { options } = stack;
  const { xray = false } = options;
  const log = logGroup(stack, 'machine', '/aws/vendedlogs/states/', options.machine.name);
  const RoleArn = roleOf(stack, 'machine', 'states', () => statements(stack, definition));
  stack.add({
    [MACHINE]: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: {
        StateMachineName: stack.name(options.machine.name),
        StateMachineType: 'STANDARD',
        RoleArn,
        DefinitionString: definitionText(definition),
        LoggingConfiguration: {
          Level: 'ERROR',
          // The data has the job's arguments in it.
          IncludeExecutionData: false,
          Destinations: [{ CloudWatchLogsLogGroup: { LogGroupArn: log.arn } }],
        },
        ...(xray && { TracingConfiguration: { Enabled: true } }),
      },
    },
  });
  stack.output('StateMachineArn', 'The machine, for start-execution', ref(MACHINE));
}

/** The definition as text, in which CloudFormation puts the functions' aliases and the partition. */
function definitionText(definition: Value): Value {
  const text = JSON.stringify(definition, undefined, 2)
    .replaceAll('${', '${!')
    .replaceAll('"arn:aws:states:::', '"arn:${AWS::Partition}:states:::');
  return sub(
    placeholdersIn(definition).reduce(
      (said, name) => said.replaceAll(`"\${!${name}}"`, `"\${${aliasOfPlaceholder[name]}}"`),
      text,
    ),
  );
}

function statements(stack: Stack, definition: Value): readonly Statement[] {
  const { machine, machinePolicy, xray = false } = stack.options;
  const name = `${stack.prefix}${machine.name}`;
  const itself = {
    machineArn: ownArn('states', `stateMachine:${name}`),
    executionsArn: ownArn('states', `execution:${name}:*`),
  };
  return [
    ...taskStatements(tasksIn(definition), itself, machinePolicy !== undefined),
    // Step Functions delivers its log by these, and none of them has a resource.
    allow(
      'DeliverLog',
      [
        'logs:CreateLogDelivery',
        'logs:GetLogDelivery',
        'logs:UpdateLogDelivery',
        'logs:DeleteLogDelivery',
        'logs:ListLogDeliveries',
        'logs:PutResourcePolicy',
        'logs:DescribeResourcePolicies',
        'logs:DescribeLogGroups',
      ],
      '*',
    ),
    ...(xray
      ? [
          allow(
            'Trace',
            ['xray:PutTraceSegments', 'xray:PutTelemetryRecords', 'xray:GetSamplingRules', 'xray:GetSamplingTargets'],
            '*',
          ),
        ]
      : []),
    ...((machinePolicy ?? []) as readonly unknown[] as readonly Statement[]),
  ];
}

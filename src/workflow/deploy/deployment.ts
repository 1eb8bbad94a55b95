import { addAlarms } from './alarms.js';
import { addAudit } from './audit.js';
import { checkDeployment } from './check-deployment.js';
import { addDashboard } from './dashboard.js';
import { addFunctions } from './functions.js';
import { addMachine, callsHandlers, deployedDefinition } from './machine.js';
import type { Deployment, Value } from './model.js';
import type { DeployOptions } from './options.js';
import { addQueue } from './queue.js';
import { Stack } from './stack.js';
import { tagged } from './tags.js';
import { addTopic } from './topic.js';
import { addTrigger } from './trigger.js';
import { addWatching } from './watching.js';

export interface MadeDeployment {
  readonly deployment: Deployment;
  /** The machine's definition, with placeholders where its functions are named. */
  readonly definition: Value;
  /** Whether the handlers are part of it, and so their zips. */
  readonly hasFunctions: boolean;
}

/** Everything that has to be there for a machine to run by itself. Nothing is sent anywhere. @throws ConfigError */
export function describeDeployment(options: DeployOptions): MadeDeployment {
  checkDeployment(options);
  const stack = new Stack(options);
  const definition = deployedDefinition(options);
  const hasFunctions = callsHandlers(definition);
  const queueArn = addQueue(stack);
  const topicArn = addTopic(stack);
  if (hasFunctions) {
    const { url } = addFunctions(stack, queueArn);
    addWatching(stack, queueArn);
    stack.output('Ledger', 'Where runs are kept: --ledger of livywire status, ls and history', url);
  }
  addMachine(stack, definition);
  addTrigger(stack, queueArn);
  addAudit(stack, topicArn, queueArn);
  addAlarms(stack, topicArn, hasFunctions);
  addDashboard(stack, hasFunctions);
  stack.output('AlarmTopicArn', 'Where alarms are told', topicArn);
  stack.output('FailedQueueArn', 'Events and calls that came to nothing', queueArn);
  const { parameters, outputs } = stack;
  const deployment: Deployment = {
    description: `livywire ${options.version}: ${options.machine.name}`,
    parameters,
    resources: tagged(stack.resources, options.tags),
    outputs,
  };
  return { deployment, definition, hasFunctions };
}

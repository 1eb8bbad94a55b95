import { createHash } from 'node:crypto';
import { clusterOf } from './cluster.js';
import { functionStatements } from './function-rights.js';
import { type LedgerPlace, ledgerPlace } from './ledger-bucket.js';
import { logGroup } from './logs.js';
import { intrinsicOf, joined, mapValue, type Properties, ref, type Resource, type Value } from './model.js';
import { vpcConfig } from './network.js';
import { type HandlerName, handlers } from './options.js';
import { roleOf } from './rights.js';
import { secretReference } from './secrets.js';
import type { Stack } from './stack.js';

/** Seconds: settling a lost answer takes a minute within one call, and a watcher works from one schedule to the next. */
const TIMEOUTS: Readonly<Record<HandlerName, number>> = {
  submit: 300,
  status: 120,
  cancel: 180,
  diagnose: 120,
  watch: 300,
};

const WHAT: Readonly<Record<HandlerName, string>> = {
  submit: 'starts a Spark job, or says how it ended',
  status: 'looks at a run once, and says when to look again',
  cancel: 'stops a run and proves it at YARN',
  diagnose: 'says why a run failed',
  watch: 'follows every run of the ledger',
};

/** What is called by events, and has to keep what it could not do. */
const ASYNCHRONOUS: readonly HandlerName[] = ['submit', 'watch'];

export const aliasName = (handler: HandlerName): string => `${idOf(handler)}Alias`;
export const functionName = (handler: HandlerName): string => `${idOf(handler)}Function`;
const idOf = (handler: HandlerName): string => handler.charAt(0).toUpperCase() + handler.slice(1);

/** The five functions, each with its role, its log, a version and the alias `live` that everybody calls. */
export function addFunctions(stack: Stack, queueArn: Value): LedgerPlace {
  const ledger = ledgerPlace(stack);
  const vpc = vpcConfig(stack);
  const env = environment(stack, ledger);
  for (const handler of handlers) addFunction(stack, handler, { ledger, vpc, env, queueArn });
  return ledger;
}

interface Common {
  readonly ledger: LedgerPlace;
  readonly vpc: Properties | undefined;
  readonly env: Properties;
  readonly queueArn: Value;
}

function addFunction(stack: Stack, handler: HandlerName, { ledger, vpc, env, queueArn }: Common): void {
  const { options } = stack;
  const { code, architecture = 'arm64', memoryMb = 512, concurrency, kmsKey, xray = false } = options;
  const keepsFailed = ASYNCHRONOUS.includes(handler);
  const log = logGroup(stack, handler, '/aws/lambda/', handler);
  const Role = roleOf(stack, handler, 'lambda', () =>
    functionStatements(handler, stack, { ledger, log, queueArn: keepsFailed ? queueArn : undefined }),
  );
  const properties: Properties = {
    FunctionName: stack.name(handler),
    Runtime: 'nodejs22.x',
    Architectures: [architecture],
    Handler: 'index.handler',
    Code: {
      S3Bucket: stack.value(undefined, 'CodeBucket', {
        Type: 'String',
        Description: 'Bucket that the zips beside this template were copied to, in this region',
        AllowedPattern: '[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]',
        ConstraintDescription: 'the name of a bucket',
      }),
      S3Key: `livywire/${code[handler].file}`,
    },
    MemorySize: memoryMb,
    Timeout: TIMEOUTS[handler],
    Role,
    Environment: { Variables: env },
    LoggingConfig: { LogFormat: 'Text', LogGroup: log.name },
    ...(vpc && { VpcConfig: vpc }),
    ...(keepsFailed && { DeadLetterConfig: { TargetArn: queueArn } }),
    ...(kmsKey !== undefined && { KmsKeyArn: kmsKey }),
    ...(concurrency !== undefined && { ReservedConcurrentExecutions: concurrency }),
    ...(xray && { TracingConfig: { Mode: 'Active' } }),
  };
  const print = fingerprint(properties, options.stamp);
  const version = `${idOf(handler)}Version${print}`;
  // Lambda makes no version of a function that has not changed, and CloudFormation takes that for a failure.
  const Description = `livywire ${options.version} (${print}): ${WHAT[handler]}`;
  stack.add({
    [functionName(handler)]: { Type: 'AWS::Lambda::Function', Properties: { ...properties, Description } },
    [version]: versionOf(stack, handler, properties),
    [aliasName(handler)]: {
      Type: 'AWS::Lambda::Alias',
      Properties: {
        FunctionName: ref(functionName(handler)),
        FunctionVersion: { 'Fn::GetAtt': [version, 'Version'] },
        Name: 'live',
        Description: 'What machines and rules call: each deploy moves it to a version that is whole',
      },
    },
  });
}

/** A version never changes, so other code or another configuration is another resource. What the CDK's tokens stand for is in the stamp. */
const fingerprint = (properties: Properties, stamp = ''): string =>
  createHash('sha256')
    .update(JSON.stringify(properties).replace(/\$\{Token\[[^\]]+\]\}/g, 'token'))
    .update(stamp)
    .digest('hex')
    .slice(0, 10);

function versionOf(stack: Stack, handler: HandlerName, properties: Properties): Resource {
  const used = new Set<string>();
  const { FunctionName: _name, Code: _code, ...configuration } = properties;
  mapValue(configuration, (one) => {
    const made = intrinsicOf(one);
    if (made?.kind === 'ref' && Object.hasOwn(stack.parameters, made.name)) used.add(made.name);
    return undefined;
  });
  const told = [...used].map((name): Value => {
    const isList = /List/.test(stack.parameters[name]?.Type ?? '');
    return isList ? joined(' ', ref(name)) : ref(name);
  });
  return {
    Type: 'AWS::Lambda::Version',
    // An execution that began before the deploy may still be answered by it; and it is the way back.
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      FunctionName: ref(functionName(handler)),
      // Another text makes another version: so a parameter that is changed later gets into one.
      Description: told.length === 0 ? `livywire ${stack.options.version}` : joined(' ', [`livywire ${stack.options.version}`, ...told]), // prettier-ignore
    },
  };
}

function environment(stack: Stack, ledger: LedgerPlace): Properties {
  const { cluster, env = {}, secrets = {}, machine } = stack.options;
  const asked = clusterOf(stack.options).isUsed
    ? stack.value(cluster, 'Cluster', {
        Type: 'String',
        Description: 'The EMR cluster that takes the jobs: its name, its id (j-…), tag:key=value, or auto for the only one with Livy', // prettier-ignore
        AllowedPattern: '.{1,120}',
        ConstraintDescription: 'a name, an id, tag:key=value, or auto',
      })
    : undefined;
  return {
    LIVYWIRE_LEDGER: ledger.url,
    ...(asked !== undefined && { LIVYWIRE_CLUSTER: asked }),
    POWERTOOLS_SERVICE_NAME: serviceName(stack, machine.name),
    ...env,
    ...Object.fromEntries(Object.entries(secrets).map(([name, where]) => [name, secretReference(where)])),
  };
}

/** What our metrics are kept under: of two deployments in one account each has its own. */
export function serviceName(stack: Stack, machine: string): Value {
  const given = stack.options.env?.POWERTOOLS_SERVICE_NAME;
  return given ?? stack.name(machine);
}

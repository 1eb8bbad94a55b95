import { basename, join } from 'node:path';
import { CfnDeletionPolicy, CfnResource, Stack } from 'aws-cdk-lib';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { type IStateMachine, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { ConfigError, VERSION } from '../core/index.js';
import {
  type DeployOptions,
  describeDeployment,
  type HandlerName,
  handlers,
  PLACEHOLDER_PREFIX,
  runSparkJob,
  type RunSparkJobOptions,
} from '../workflow/index.js';
import { packagedHandlers } from './bundles.js';
import { PutIn } from './put-in.js';

/** What `livywire workflow synth` takes as flags; what that would leave to a parameter has to be given here. */
export interface SparkJobProps
  extends
    Omit<DeployOptions, 'machine' | 'code' | 'stamp' | 'version'>,
    Pick<RunSparkJobOptions, 'retry' | 'defaults' | 'wait' | 'heartbeatSeconds'> {
  /** Name of the machine, behind the prefix. @defaultValue `run-spark-job` */
  readonly machineName?: string;
  /** The folder with one folder for each handler. @defaultValue the package's own */
  readonly bundles?: string;
}

const functions = {
  submit: `${PLACEHOLDER_PREFIX}submit`,
  status: `${PLACEHOLDER_PREFIX}status`,
  cancel: `${PLACEHOLDER_PREFIX}cancel`,
};

/**
 * The machine run-spark-job with its functions, roles, ledger, watcher, trigger, alarms and dashboard: what `livywire workflow synth`
 * writes as a template.
 * @example
 * ```ts
 * const job = new SparkJob(stack, 'Etl', {
 *   cluster: 'nightly',
 *   vpc: vpc.vpcId,
 *   subnets: vpc.privateSubnets.map(({ subnetId }) => subnetId),
 *   primaryGroup: 'sg-0a1b2c3d',
 * });
 * job.machine.grantStartExecution(scheduler);
 * ```
 */
export class SparkJob extends Construct {
  readonly machine: IStateMachine;
  /** That the alarms tell. */
  readonly alarmTopic: ITopic;
  /** `s3://…`, for `--ledger` and `LIVYWIRE_LEDGER`. */
  readonly ledgerUrl: string;

  /** @throws ConfigError naming what is missing or wrong */
  constructor(scope: Construct, id: string, props: SparkJobProps = {}) {
    super(scope, id);
    const { retry, defaults, wait, heartbeatSeconds, machineName = 'run-spark-job', bundles, ...options } = props;
    const definition = runSparkJob({
      functions,
      ...(retry && { retry }),
      ...(defaults && { defaults }),
      ...(wait && { wait }),
      ...(heartbeatSeconds !== undefined && { heartbeatSeconds }),
    });
    const assets = this.#assets(bundles ?? packagedHandlers());
    const code = Object.fromEntries(
      handlers.map((handler) => [handler, { file: assets[handler].assetHash, sha256: assets[handler].assetHash }]),
    ) as unknown as DeployOptions['code'];
    const { deployment } = describeDeployment({
      namePrefix: 'livywire-',
      logDays: 30,
      ...options,
      version: VERSION,
      code,
      // The numbers of tokens are others in each program; what they stand for stays.
      stamp: JSON.stringify(Stack.of(this).resolve(options)),
      machine: { name: machineName, hasKeys: true, definition },
    });
    const missing = Object.keys(deployment.parameters).filter((name) => name !== 'CodeBucket');
    if (missing.length > 0) throw new ConfigError(missingWords(missing), { field: PROPS[missing[0] ?? ''] ?? 'props' });
    const putIn = new PutIn();
    for (const [name, resource] of Object.entries(deployment.resources)) {
      const handler = handlers.find((one) => `${one}function` === name.toLowerCase());
      const { Code: _code, ...properties } = resource.Properties;
      const made = new CfnResource(this, name, {
        type: resource.Type,
        properties: {
          ...(putIn.value(properties) as object),
          ...(handler && { Code: { S3Bucket: assets[handler].s3BucketName, S3Key: assets[handler].s3ObjectKey } }),
        },
      });
      if (resource.DeletionPolicy) made.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN;
      if (resource.UpdateReplacePolicy) made.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
      putIn.add(name, made);
    }
    const output = (name: string): string => putIn.text(deployment.outputs[name]?.Value ?? '');
    this.machine = StateMachine.fromStateMachineArn(this, 'Machine', output('StateMachineArn'));
    this.alarmTopic = Topic.fromTopicArn(this, 'Alarms', output('AlarmTopicArn'));
    this.ledgerUrl = output('Ledger');
  }

  /** Lets somebody start executions. */
  grantStart(grantee: IGrantable): void {
    this.machine.grantStartExecution(grantee);
  }

  #assets(folder: string): Readonly<Record<HandlerName, Asset>> {
    return Object.fromEntries(
      handlers.map((handler) => {
        const path = join(folder, handler);
        return [handler, new Asset(this, `${basename(path)}Code`, { path })];
      }),
    ) as Record<HandlerName, Asset>;
  }
}

/** What the parameters of a template are called here. */
const PROPS: Readonly<Record<string, string>> = {
  Cluster: 'cluster',
  VpcId: 'vpc',
  SubnetIds: 'subnets',
  PrimarySecurityGroupId: 'primaryGroup',
};

const missingWords = (names: readonly string[]): string =>
  `SparkJob: give ${names.map((name) => PROPS[name] ?? name).join(', ')}${names.includes('VpcId') || names.includes('SubnetIds') ? ', or noVpc where Livy can be reached from outside' : ''}`;

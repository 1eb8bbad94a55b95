import type { S3Address } from '../../core/index.js';
import type { Json } from '../asl.js';
import type { StateMachine } from '../asl.js';
import type { PipelineMachine } from '../pipeline/states.js';

export const handlers = ['submit', 'status', 'cancel', 'diagnose', 'watch'] as const;
export type HandlerName = (typeof handlers)[number];

/** Roles that can be brought: one for each function, the machine's, and the one that rules start the machine with. */
export type RoleName = HandlerName | 'machine' | 'trigger';

/** Log groups that can be brought. */
export type LogName = HandlerName | 'machine' | 'audit';

/** Code as it lies beside the template. */
export interface FunctionCode {
  /** Name of the zip, with the checksum in it, below the template's folder. */
  readonly file: string;
  readonly sha256: string;
}

/** What is to be deployed. */
export interface MachineToDeploy {
  /** `run-spark-job`, or the name of a pipeline. */
  readonly name: string;
  /** Whether it is run-spark-job itself, whose runs have a key that an event can give. */
  readonly hasKeys: boolean;
  /** Made for functions whose names begin with `PLACEHOLDER_PREFIX`. */
  readonly definition: StateMachine | PipelineMachine;
}

/** What starts it, besides people and programs. `input`: the input of an execution, with placeholders in its texts. */
export type Trigger =
  | {
      readonly kind: 's3';
      readonly bucket: string;
      readonly prefix: string;
      readonly input: Readonly<Record<string, Json>>;
    }
  | { readonly kind: 'schedule'; readonly expression: string; readonly input: Readonly<Record<string, Json>> };

/** What is given is fixed in the template. What is left out, and differs by environment, is a parameter of it. */
export interface DeployOptions {
  readonly machine: MachineToDeploy;
  /** livywire's own. */
  readonly version: string;
  /** Of the handlers; needed where the machine calls them. */
  readonly code: Readonly<Record<HandlerName, FunctionCode>>;
  /** What else a version of a function depends on: another text makes another version. */
  readonly stamp?: string;
  /** In front of every name. @defaultValue the parameter NamePrefix */
  readonly namePrefix?: string;
  /** `LIVYWIRE_CLUSTER`: name, id, tag:key=value or auto. @defaultValue the parameter Cluster, unless `env` says where Livy is */
  readonly cluster?: string;
  /** `j-…`: for EMR's own metrics, and for rights on this cluster alone. @defaultValue `cluster` where it is an id */
  readonly clusterId?: string;
  /** More of the functions' environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Variables of the environment that stand in Secrets Manager: `<ARN>` or `<ARN>#<field of its JSON>`. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** A ledger that is there. @defaultValue a bucket is made, with the prefix `livywire` */
  readonly ledger?: S3Address;
  /** Name of the bucket that is made. @defaultValue CloudFormation's choice */
  readonly ledgerBucket?: string;
  /** Days after which ended runs are removed. @defaultValue never: a key whose record is gone is a new run */
  readonly ledgerDays?: number;
  /** Inputs, outputs and logs of the jobs, which the functions look at. */
  readonly reads?: readonly S3Address[];
  /** The functions are outside of any VPC. @defaultValue `false` */
  readonly noVpc?: boolean;
  readonly vpc?: string;
  readonly subnets?: readonly string[];
  /** @defaultValue one is made */
  readonly securityGroups?: readonly string[];
  /** Of the cluster's primary node: lets the functions in. @defaultValue a parameter, unless `securityGroups` is given */
  readonly primaryGroup?: string;
  /** Of its core and task nodes, where the driver's log is while it runs. */
  readonly coreGroup?: string;
  readonly roles?: Partial<Record<RoleName, string>>;
  readonly permissionsBoundary?: string;
  /** More statements for the machine's role. */
  readonly machinePolicy?: readonly Readonly<Record<string, Json>>[];
  readonly kmsKey?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly logGroups?: Partial<Record<LogName, string>>;
  /** @defaultValue the parameter LogRetentionDays, 30 */
  readonly logDays?: number;
  readonly architecture?: 'arm64' | 'x86_64';
  /** @defaultValue 512 */
  readonly memoryMb?: number;
  /** How many at once, of each function. @defaultValue what the account has */
  readonly concurrency?: number;
  readonly xray?: boolean;
  readonly trigger?: Trigger;
  /** A topic that is there. @defaultValue one is made */
  readonly topic?: string;
  readonly email?: string;
  /** A run that is open for so long is worth an alarm, in hours. @defaultValue 24 */
  readonly oldestRunHours?: number;
  /** Where calls of EMR's API are told. @defaultValue `log` */
  readonly audit?: 'log' | 'topic' | 'none';
}

import { intrinsicOf, type Resource, type Value } from '../model.js';
import { aliasOfPlaceholder } from '../placeholders.js';
import { type Expressions, snake, type TfValue } from './expressions.js';
import { policyDocument } from './policies.js';

/** What stands for one resource: by type of Terraform, under its name. `data` for what is read. */
export interface TfParts {
  readonly resource: Readonly<Record<string, Readonly<Record<string, TfValue>>>>;
  readonly data?: Readonly<Record<string, Readonly<Record<string, TfValue>>>>;
}

/** What a row of the table is given. */
export interface TfContext {
  readonly id: string;
  readonly resource: Resource;
  readonly resources: Readonly<Record<string, Resource>>;
  readonly expressions: Expressions;
  /** The zip of a function, below the module's folder. */
  readonly zips: Readonly<Record<string, string>>;
}

export type TfRow = (context: TfContext) => TfParts;
type Fields = Readonly<Record<string, TfValue>>;

/** One resource of Terraform, and no more. */
export const one = (type: string, id: string, fields: Fields): TfParts => ({
  resource: { [type]: { [snake(id)]: fields } },
});

/** Tags as a map. */
export function tagsOf({ Properties }: Resource): Fields {
  const list = Properties.Tags as readonly { readonly Key: string; readonly Value: string }[] | undefined;
  return list ? { tags: Object.fromEntries(list.map(({ Key, Value }) => [Key, Value])) } : {};
}

/** Properties under Terraform's names, as far as they are there. */
export function renamed(
  { expressions }: Pick<TfContext, 'expressions'>,
  properties: Readonly<Record<string, Value>>,
  names: Readonly<Record<string, string>>,
): Fields {
  return Object.fromEntries(
    Object.entries(names).flatMap(([from, to]) => {
      const value = properties[from];
      return value === undefined ? [] : [[to, expressions.value(value)] as const];
    }),
  );
}

const group = (value: Value | undefined): Readonly<Record<string, Value>> =>
  (value ?? {}) as unknown as Readonly<Record<string, Value>>;

/** What a role that is made here may do is a resource of its own in Terraform: whoever has the role waits for it. */
function afterRights(role: Value | undefined, expressions: Expressions): Fields {
  const made = role === undefined ? undefined : intrinsicOf(role);
  if (made?.kind !== 'att') return {};
  return { depends_on: [expressions.address(made.name).replace('aws_iam_role', 'aws_iam_role_policy')] };
}

export const lambdaFunction: TfRow = (context) => {
  const { id, resource, expressions, zips } = context;
  const { Properties } = resource;
  const zip = `\${path.module}/${zips[id] ?? ''}`;
  const { VpcConfig, Environment, LoggingConfig, DeadLetterConfig, TracingConfig, Role } = Properties;
  return one('aws_lambda_function', id, {
    ...renamed(context, Properties, {
      FunctionName: 'function_name',
      Description: 'description',
      Runtime: 'runtime',
      Architectures: 'architectures',
      Handler: 'handler',
      MemorySize: 'memory_size',
      Timeout: 'timeout',
      Role: 'role',
      KmsKeyArn: 'kms_key_arn',
      ReservedConcurrentExecutions: 'reserved_concurrent_executions',
    }),
    filename: zip,
    source_code_hash: `\${filebase64sha256("${zip}")}`,
    // Each change of code or configuration is a version, and the alias follows.
    publish: true,
    environment: renamed(context, group(Environment), { Variables: 'variables' }),
    logging_config: renamed(context, group(LoggingConfig), { LogFormat: 'log_format', LogGroup: 'log_group' }),
    ...(VpcConfig !== undefined && {
      vpc_config: renamed(context, group(VpcConfig), {
        SubnetIds: 'subnet_ids',
        SecurityGroupIds: 'security_group_ids',
      }),
    }),
    ...(DeadLetterConfig !== undefined && {
      dead_letter_config: renamed(context, group(DeadLetterConfig), { TargetArn: 'target_arn' }),
    }),
    ...(TracingConfig !== undefined && { tracing_config: renamed(context, group(TracingConfig), { Mode: 'mode' }) }),
    // It may not be made before its role may make an interface in the VPC.
    ...afterRights(Role, expressions),
    ...tagsOf(resource),
  });
};

export const lambdaAlias: TfRow = (context) => {
  const { id, resource, expressions } = context;
  const { FunctionName, Name, Description } = resource.Properties;
  const called = intrinsicOf(FunctionName ?? '');
  if (called?.kind !== 'ref') throw new TypeError(`${id}: an alias of no function`);
  const fields = { FunctionName: FunctionName ?? '', Name: Name ?? '', Description: Description ?? '' };
  return one('aws_lambda_alias', id, {
    ...renamed(context, fields, { FunctionName: 'function_name', Name: 'name', Description: 'description' }),
    function_version: `\${${expressions.address(called.name)}.version}`,
  });
};

export const lambdaPermission: TfRow = (context) => {
  const { id, resource, resources, expressions } = context;
  const { FunctionName } = resource.Properties;
  const alias = intrinsicOf(FunctionName ?? '');
  if (alias?.kind !== 'ref') throw new TypeError(`${id}: a permission for no alias`);
  const called = resources[alias.name]?.Properties.FunctionName ?? '';
  return one('aws_lambda_permission', id, {
    ...renamed(context, resource.Properties, { Action: 'action', Principal: 'principal', SourceArn: 'source_arn' }),
    function_name: expressions.value(called),
    qualifier: `\${${expressions.address(alias.name)}.name}`,
  });
};

/** The definition is the file beside it, with the functions' aliases and the partition put in. */
export const stateMachine: TfRow = (context) => {
  const { id, resource, expressions } = context;
  const { Properties } = resource;
  const text = JSON.stringify(Properties.DefinitionString);
  const file = 'file("${path.module}/machine.asl.json")';
  const partition = `replace(${file}, "arn:aws:states:::", "arn:\${data.aws_partition.current.partition}:states:::")`;
  const definition = Object.entries(aliasOfPlaceholder)
    .filter(([, alias]) => text.includes(`\${${alias}}`))
    .reduce(
      (said, [placeholder, alias]) => `replace(${said}, "$\${${placeholder}}", ${expressions.ref(alias)})`,
      partition,
    );
  const { Level, IncludeExecutionData, Destinations } = group(Properties.LoggingConfiguration);
  const [destination] = (Destinations ?? []) as readonly Value[];
  const { LogGroupArn } = group(group(destination).CloudWatchLogsLogGroup);
  return one('aws_sfn_state_machine', id, {
    ...renamed(context, Properties, { StateMachineName: 'name', StateMachineType: 'type', RoleArn: 'role_arn' }),
    definition: `\${${definition}}`,
    logging_configuration: renamed(
      context,
      { Level: Level ?? '', IncludeExecutionData: IncludeExecutionData ?? false, LogGroupArn: LogGroupArn ?? '' },
      { Level: 'level', IncludeExecutionData: 'include_execution_data', LogGroupArn: 'log_destination' },
    ),
    ...(Properties.TracingConfiguration !== undefined && { tracing_configuration: { enabled: true } }),
    // Step Functions tries the delivery of the log while it makes the machine.
    ...afterRights(Properties.RoleArn, expressions),
    ...tagsOf(resource),
  });
};

export const iamRole: TfRow = (context) => {
  const { id, resource, expressions } = context;
  const { Properties } = resource;
  const [policy] = (Properties.Policies ?? []) as unknown as readonly {
    readonly PolicyName: string;
    readonly PolicyDocument: Value;
  }[];
  const name = snake(id);
  const document = (of: string): string => `\${data.aws_iam_policy_document.${name}_${of}.json}`;
  return {
    data: {
      aws_iam_policy_document: {
        [`${name}_trust`]: policyDocument(Properties.AssumeRolePolicyDocument ?? '', expressions),
        [`${name}_rights`]: policyDocument(policy?.PolicyDocument ?? '', expressions),
      },
    },
    resource: {
      aws_iam_role: {
        [name]: {
          ...renamed(context, Properties, { Description: 'description', PermissionsBoundary: 'permissions_boundary' }),
          assume_role_policy: document('trust'),
          ...tagsOf(resource),
        },
      },
      aws_iam_role_policy: {
        [name]: {
          name: policy?.PolicyName ?? '',
          role: `\${${expressions.address(id)}.id}`,
          policy: document('rights'),
        },
      },
    },
  };
};

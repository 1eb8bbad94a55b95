import { type Deployment, intrinsicOf, type Value } from '../model.js';

/** `SubmitFunction` as Terraform's names are written. */
export const snake = (name: string): string =>
  name
    .replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_')
    .replace(/(?<=[A-Z])(?=[A-Z][a-z])/g, '_')
    .toLowerCase();

/** What a type of CloudFormation is in Terraform, and what stands where CloudFormation has `Ref` and `Fn::GetAtt`. */
interface Address {
  readonly type: string;
  readonly ref?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  /** Behind the attribute, where CloudFormation's own has it. */
  readonly behind?: Readonly<Record<string, string>>;
}

const ADDRESSES: Readonly<Record<string, Address>> = {
  'AWS::CloudWatch::Alarm': { type: 'aws_cloudwatch_metric_alarm' },
  'AWS::EC2::SecurityGroup': { type: 'aws_security_group', ref: 'id', attributes: { GroupId: 'id' } },
  'AWS::Events::Rule': { type: 'aws_cloudwatch_event_rule', attributes: { Arn: 'arn' } },
  'AWS::IAM::Role': { type: 'aws_iam_role', attributes: { Arn: 'arn' } },
  'AWS::Lambda::Alias': { type: 'aws_lambda_alias', ref: 'arn' },
  'AWS::Lambda::Function': { type: 'aws_lambda_function', ref: 'function_name', attributes: { Arn: 'arn' } },
  // CloudFormation's ARN of a group means its streams.
  'AWS::Logs::LogGroup': {
    type: 'aws_cloudwatch_log_group',
    ref: 'name',
    attributes: { Arn: 'arn' },
    behind: { Arn: ':*' },
  },
  'AWS::S3::Bucket': { type: 'aws_s3_bucket', ref: 'id', attributes: { Arn: 'arn' } },
  'AWS::SNS::Topic': { type: 'aws_sns_topic', ref: 'arn' },
  'AWS::SQS::Queue': { type: 'aws_sqs_queue', ref: 'url', attributes: { Arn: 'arn', QueueName: 'name' } },
  'AWS::StepFunctions::StateMachine': { type: 'aws_sfn_state_machine', ref: 'arn' },
};

const KNOWN_THERE: Readonly<Record<string, string>> = {
  'AWS::Region': 'data.aws_region.current.name',
  'AWS::AccountId': 'data.aws_caller_identity.current.account_id',
  'AWS::Partition': 'data.aws_partition.current.partition',
};

/** A text of Terraform that means itself: two signs begin an expression. */
export const literal = (text: string): string => text.replaceAll('${', () => '$${').replaceAll('%{', '%%{');

export type TfValue = string | number | boolean | null | readonly TfValue[] | { readonly [name: string]: TfValue };

/** Says everything of a deployment in Terraform's expressions. */
export class Expressions {
  readonly #deployment: Deployment;
  /** Secrets that are read while it is applied, by their ARN. */
  readonly secrets = new Map<string, string>();

  constructor(deployment: Deployment) {
    this.#deployment = deployment;
  }

  /** `aws_sqs_queue.failed_queue` */
  address(id: string): string {
    return `${this.#addressOf(id).type}.${snake(id)}`;
  }

  #addressOf(id: string): Address {
    const type = this.#deployment.resources[id]?.Type ?? '';
    const found = ADDRESSES[type];
    if (!found) throw new TypeError(`${id}: Terraform has no address for ${type === '' ? 'what is not there' : type}`);
    return found;
  }

  /** Without `${}` around it. */
  ref(name: string): string {
    const known = KNOWN_THERE[name];
    if (known !== undefined) return known;
    if (Object.hasOwn(this.#deployment.parameters, name)) return `var.${snake(name)}`;
    const { ref } = this.#addressOf(name);
    if (ref === undefined) throw new TypeError(`${name}: Terraform has no word for what Ref gives`);
    return `${this.address(name)}.${ref}`;
  }

  #attribute(name: string, attribute: string): string {
    const { attributes = {}, behind = {} } = this.#addressOf(name);
    const found = attributes[attribute];
    if (found === undefined) throw new TypeError(`${name}: Terraform has no word for ${attribute}`);
    return `\${${this.address(name)}.${found}}${behind[attribute] ?? ''}`;
  }

  #sub(text: string): string {
    const parts = text.split(/(\$\{[^}]*\})/);
    return parts
      .map((part) => {
        const [, inner] = /^\$\{([^}]*)\}$/.exec(part) ?? [];
        if (inner === undefined) return literal(part);
        if (inner.startsWith('!')) return `$\${${inner.slice(1)}}`;
        const [name = '', attribute] = inner.split('.');
        return attribute === undefined ? `\${${this.ref(name)}}` : this.#attribute(name, attribute);
      })
      .join('');
  }

  /** The same value, with what CloudFormation would put in put in by Terraform. */
  value(value: Value): TfValue {
    const made = intrinsicOf(value);
    if (made?.kind === 'ref') return `\${${this.ref(made.name)}}`;
    if (made?.kind === 'att') return this.#attribute(made.name, made.attribute);
    if (made?.kind === 'sub') return this.#sub(made.text);
    if (made) throw new TypeError('Terraform is not told of Fn::Join');
    if (typeof value === 'string') return this.#secret(value) ?? literal(value);
    if (Array.isArray(value)) return (value as readonly Value[]).map((one) => this.value(one));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, this.value(one)]));
  }

  text(value: Value): string {
    const made = this.value(value);
    if (typeof made === 'string') return made;
    throw new TypeError(`a text is needed, not ${JSON.stringify(made)}`);
  }

  /** What CloudFormation would read from Secrets Manager. */
  #secret(text: string): string | undefined {
    const [, arn, field] = /^\{\{resolve:secretsmanager:(.+):SecretString(?::([\w.-]+))?\}\}$/.exec(text) ?? [];
    if (arn === undefined) return undefined;
    const name = this.secrets.get(arn) ?? `secret_${this.secrets.size + 1}`;
    this.secrets.set(arn, name);
    const whole = `data.aws_secretsmanager_secret_version.${name}.secret_string`;
    return field === undefined ? `\${${whole}}` : `\${jsondecode(${whole})["${field}"]}`;
  }
}

import { functionName } from './functions.js';
import type { Deployment, Parameter } from './model.js';
import { type DeployOptions, handlers } from './options.js';
import { Expressions, ROWS, snake, type TfParts, type TfValue } from './terraform/index.js';

type Groups = Record<string, Record<string, TfValue>>;

const typeOf = ({ Type }: Parameter): string =>
  Type.startsWith('List<') || Type === 'CommaDelimitedList' ? 'list(string)' : Type === 'Number' ? 'number' : 'string';

function variable(name: string, parameter: Parameter): TfValue {
  const { Description, Default, AllowedPattern, AllowedValues, ConstraintDescription } = parameter;
  const given = `var.${snake(name)}`;
  const conditions = [
    ...(AllowedPattern === undefined ? [] : [`\${can(regex("^(?:${AllowedPattern})$", ${given}))}`]),
    ...(AllowedValues === undefined ? [] : [`\${contains(${JSON.stringify(AllowedValues)}, ${given})}`]),
  ];
  return {
    type: typeOf(parameter),
    description: Description,
    ...(Default !== undefined && { default: Default }),
    ...(conditions.length > 0 && {
      validation: conditions.map((condition) => ({
        condition,
        error_message: `${snake(name)} should be ${ConstraintDescription ?? 'one of those that are allowed'}.`,
      })),
    }),
  };
}

/** The names that the parameters of a template have as Terraform's variables; the code needs no bucket there. */
export const terraformVariables = ({
  parameters,
}: Pick<Deployment, 'parameters'>): Readonly<Record<string, Parameter>> =>
  Object.fromEntries(
    Object.entries(parameters)
      .filter(([name]) => name !== 'CodeBucket')
      .map(([name, parameter]) => [snake(name), parameter]),
  );

/**
 * A module of Terraform in its JSON: `main.tf.json`, beside which the machine's definition and the zips lie. It configures no
 * provider, so the caller's own is used.
 */
export function terraformFiles(
  deployment: Deployment,
  { code }: Pick<DeployOptions, 'code'>,
): readonly { readonly name: string; readonly content: string }[] {
  const expressions = new Expressions(deployment);
  const zips = Object.fromEntries(handlers.map((handler) => [functionName(handler), code[handler].file]));
  const { resources } = deployment;
  const resource: Groups = {};
  const data: Groups = {
    aws_region: { current: {} },
    aws_caller_identity: { current: {} },
    aws_partition: { current: {} },
  };
  const put = (into: Groups, parts: TfParts['resource'] = {}): void => {
    for (const [type, named] of Object.entries(parts)) into[type] = { ...into[type], ...named };
  };
  for (const [id, one] of Object.entries(resources)) {
    const row = ROWS[one.Type];
    if (!row) throw new TypeError(`${id}: Terraform is not told of ${one.Type}`);
    const parts = row({ id, resource: one, resources, expressions, zips });
    put(resource, parts.resource);
    put(data, parts.data);
  }
  for (const [secret_id, name] of expressions.secrets)
    put(data, { aws_secretsmanager_secret_version: { [name]: { secret_id } } });
  const named = Object.entries(terraformVariables(deployment));
  const main = {
    '//': deployment.description,
    terraform: {
      required_version: '>= 1.5',
      required_providers: { aws: { source: 'hashicorp/aws', version: '>= 5.33, < 6.0' } },
    },
    ...(named.length > 0 && {
      variable: Object.fromEntries(named.map(([name, parameter]) => [name, variable(name, parameter)])),
    }),
    data,
    resource,
    output: Object.fromEntries(
      Object.entries(deployment.outputs).map(([name, { Description, Value }]) => [
        snake(name),
        { description: Description, value: expressions.value(Value) },
      ]),
    ),
  };
  return [{ name: 'main.tf.json', content: `${JSON.stringify(main, undefined, 2)}\n` }];
}

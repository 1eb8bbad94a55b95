import { type Deployment, intrinsicOf, mapValue, type Properties, ref, type Resource, type Value } from './model.js';
import type { DeployOptions } from './options.js';
import { handlers } from './options.js';
import { aliasName, functionName } from './functions.js';
import { cfnTemplate, type Template } from './write-cfn.js';

/**
 * The same for SAM: functions are its own, so that it takes the zips from beside the template, and makes a version and the alias
 * with each deploy by itself; everything else is CloudFormation.
 */
export function samTemplate(deployment: Deployment, { code }: Pick<DeployOptions, 'code'>): Template {
  const aliases = new Map(handlers.map((handler) => [aliasName(handler), `${functionName(handler)}.Alias`]));
  const files = new Map(handlers.map((handler) => [functionName(handler), code[handler].file]));
  const withAliases = (text: string): string =>
    [...aliases].reduce((said, [from, to]) => said.replaceAll(`\${${from}}`, () => `\${${to}}`), text);
  const resources = Object.fromEntries(
    Object.entries(deployment.resources).flatMap(([name, one]): [string, Resource][] => {
      // SAM makes these, by AutoPublishAlias.
      if (one.Type === 'AWS::Lambda::Version' || one.Type === 'AWS::Lambda::Alias') return [];
      const file = files.get(name);
      const made = file === undefined ? one : samFunction(one, file);
      const aliased = mapValue(made.Properties, (part) => {
        const value = intrinsicOf(part);
        if (value?.kind === 'sub') return { 'Fn::Sub': withAliases(value.text) };
        const to = value?.kind === 'ref' ? aliases.get(value.name) : undefined;
        return to === undefined ? undefined : ref(to);
      });
      return [[name, { ...made, Properties: aliased as Properties }]];
    }),
  );
  const { CodeBucket: _bucket, ...parameters } = deployment.parameters;
  const { AWSTemplateFormatVersion, ...rest } = cfnTemplate({ ...deployment, parameters, resources });
  return { AWSTemplateFormatVersion, Transform: 'AWS::Serverless-2016-10-31', ...rest } as Template;
}

function samFunction({ Properties }: Resource, file: string): Resource {
  const { Code: _code, DeadLetterConfig, TracingConfig, Tags, ...same } = Properties;
  const dead = (DeadLetterConfig as { readonly TargetArn: Value } | undefined)?.TargetArn;
  const tags = (Tags as readonly { readonly Key: string; readonly Value: string }[] | undefined) ?? [];
  return {
    Type: 'AWS::Serverless::Function',
    Properties: {
      ...same,
      CodeUri: file,
      AutoPublishAlias: 'live',
      // Else only new code would make a version, and a changed variable would not reach the alias.
      AutoPublishAliasAllProperties: true,
      ...(dead !== undefined && { DeadLetterQueue: { Type: 'SQS', TargetArn: dead } }),
      ...(TracingConfig !== undefined && { Tracing: 'Active' }),
      ...(tags.length > 0 && { Tags: Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])) }),
    },
  };
}

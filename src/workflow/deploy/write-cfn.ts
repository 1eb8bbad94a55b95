import type { Deployment, Value } from './model.js';

/** A template of CloudFormation, as data. */
export type Template = Readonly<Record<string, Value>>;

export const cfnTemplate = ({ description, parameters, resources, outputs }: Deployment): Template => ({
  AWSTemplateFormatVersion: '2010-09-09',
  Description: description,
  ...(Object.keys(parameters).length > 0 && { Parameters: parameters as unknown as Value }),
  Resources: resources as unknown as Value,
  Outputs: outputs as unknown as Value,
});

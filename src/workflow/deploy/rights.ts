import type { S3Address } from '../../core/index.js';
import { sub, type Value } from './model.js';
import type { RoleName } from './options.js';
import type { Stack } from './stack.js';

/** One statement of a policy. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource: Value;
  readonly Condition?: Value;
}

export const allow = (Sid: string, Action: readonly string[], Resource: Value, Condition?: Value): Statement => ({
  Sid,
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition !== undefined && { Condition }),
});

export const arn = (rest: string): Value => sub(`arn:\${AWS::Partition}:${rest}`);

/** An ARN of this region and account. */
export const ownArn = (service: string, rest: string): Value =>
  arn(`${service}:\${AWS::Region}:\${AWS::AccountId}:${rest}`);

/** Reading what stands under an address, and whether something does. */
export function readStatements(name: string, { bucket, key }: S3Address): readonly Statement[] {
  const prefix = key === '' ? '' : `${key}/`;
  return [
    allow(`List${name}`, ['s3:ListBucket'], arn(`s3:::${bucket}`), {
      // A question for one object carries no prefix, and without this right S3 says 403 to it, not 404.
      StringLikeIfExists: { 's3:prefix': [`${prefix}*`, ...(key === '' ? [] : [key])] },
    }),
    // A star behind the key itself would be `sales-secret/` as well as `sales/`.
    allow(
      `Read${name}`,
      ['s3:GetObject'],
      [...(key === '' ? [] : [key]), `${prefix}*`].map((objects) => arn(`s3:::${bucket}/${objects}`)),
    ),
  ];
}

const statementsAsValue = (statements: readonly Statement[]): Value => statements.map((one) => ({ ...one }));

/**
 * The role of one part: the one that was brought, or one that is made with these statements.
 * @param principal who takes it on, as in `lambda`
 * @returns its ARN
 */
export function roleOf(stack: Stack, name: RoleName, principal: string, statements: () => readonly Statement[]): Value {
  const { roles = {}, permissionsBoundary } = stack.options;
  const brought = roles[name];
  if (brought !== undefined) return brought;
  const id = `${name.charAt(0).toUpperCase()}${name.slice(1)}Role`;
  stack.add({
    [id]: {
      Type: 'AWS::IAM::Role',
      Properties: {
        Description: `livywire: ${name}`,
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Service: [`${principal}.amazonaws.com`] },
              Action: ['sts:AssumeRole'],
              // Nobody else's machine or rule can have the service use this role.
              ...(principal !== 'lambda' && {
                Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
              }),
            },
          ],
        },
        ...(permissionsBoundary !== undefined && { PermissionsBoundary: permissionsBoundary }),
        Policies: [
          {
            PolicyName: name,
            PolicyDocument: { Version: '2012-10-17', Statement: statementsAsValue(statements()) },
          },
        ],
      },
    },
  });
  return { 'Fn::GetAtt': [id, 'Arn'] };
}

/**
 * The same deployment as a module of Terraform, by a small table: a row for each type of resource.
 * @module
 */
import { iamRole, lambdaAlias, lambdaFunction, lambdaPermission, stateMachine, type TfRow } from './compute.js';
import { alarm, ingress, rule, securityGroup } from './events.js';
import {
  bucket,
  bucketPolicy,
  dashboard,
  logGroup,
  logPolicy,
  queue,
  queuePolicy,
  subscription,
  topic,
  topicPolicy,
} from './storage.js';

export { Expressions, snake, type TfValue } from './expressions.js';
export type { TfParts } from './compute.js';

export const ROWS: Readonly<Record<string, TfRow>> = {
  'AWS::CloudWatch::Alarm': alarm,
  'AWS::CloudWatch::Dashboard': dashboard,
  'AWS::EC2::SecurityGroup': securityGroup,
  'AWS::EC2::SecurityGroupIngress': ingress,
  'AWS::Events::Rule': rule,
  'AWS::IAM::Role': iamRole,
  'AWS::Lambda::Alias': lambdaAlias,
  'AWS::Lambda::Function': lambdaFunction,
  'AWS::Lambda::Permission': lambdaPermission,
  // A function publishes them itself.
  'AWS::Lambda::Version': () => ({ resource: {} }),
  'AWS::Logs::LogGroup': logGroup,
  'AWS::Logs::ResourcePolicy': logPolicy,
  'AWS::S3::Bucket': bucket,
  'AWS::S3::BucketPolicy': bucketPolicy,
  'AWS::SNS::Subscription': subscription,
  'AWS::SNS::Topic': topic,
  'AWS::SNS::TopicPolicy': topicPolicy,
  'AWS::SQS::Queue': queue,
  'AWS::SQS::QueuePolicy': queuePolicy,
  'AWS::StepFunctions::StateMachine': stateMachine,
};

import type { Resource } from './model.js';

/** What takes tags, as a list of Key and Value. */
const TAKES_TAGS: ReadonlySet<string> = new Set([
  'AWS::CloudWatch::Alarm',
  'AWS::EC2::SecurityGroup',
  'AWS::Events::Rule',
  'AWS::IAM::Role',
  'AWS::Lambda::Function',
  'AWS::Logs::LogGroup',
  'AWS::S3::Bucket',
  'AWS::SNS::Topic',
  'AWS::SQS::Queue',
  'AWS::StepFunctions::StateMachine',
]);

type Resources = Readonly<Record<string, Resource>>;

/** The same resources, each that can be with these tags. */
export function tagged(resources: Resources, tags: Readonly<Record<string, string>> = {}): Resources {
  const list = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  if (list.length === 0) return resources;
  return Object.fromEntries(
    Object.entries(resources).map(([name, one]) => [
      name,
      TAKES_TAGS.has(one.Type) ? { ...one, Properties: { ...one.Properties, Tags: list } } : one,
    ]),
  );
}

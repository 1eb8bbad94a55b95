import type { Value } from '../model.js';
import { one, renamed, tagsOf, type TfRow } from './compute.js';
import { snake, type TfValue } from './expressions.js';
import { policyDocument } from './policies.js';

type Group = Readonly<Record<string, Value>>;
const group = (value: Value | undefined): Group => (value ?? {}) as unknown as Group;
const list = (value: Value | undefined): readonly Group[] => (value ?? []) as unknown as readonly Group[];

/** What is one resource at CloudFormation is one for each of its sides here. */
export const bucket: TfRow = (context) => {
  const { id, resource, expressions } = context;
  const { Properties } = resource;
  const name = snake(id);
  const of = { bucket: `\${${expressions.address(id)}.id}` };
  const encryption = list(group(Properties.BucketEncryption).ServerSideEncryptionConfiguration)[0] ?? {};
  const rules = list(group(Properties.LifecycleConfiguration).Rules);
  return {
    resource: {
      aws_s3_bucket: {
        [name]: {
          ...renamed(context, Properties, { BucketName: 'bucket' }),
          // The ledger stays: a destroy that would remove it is refused.
          lifecycle: { prevent_destroy: true },
          ...tagsOf(resource),
        },
      },
      aws_s3_bucket_server_side_encryption_configuration: {
        [name]: {
          ...of,
          rule: {
            apply_server_side_encryption_by_default: renamed(context, group(encryption.ServerSideEncryptionByDefault), {
              SSEAlgorithm: 'sse_algorithm',
              KMSMasterKeyID: 'kms_master_key_id',
            }),
            ...renamed(context, encryption, { BucketKeyEnabled: 'bucket_key_enabled' }),
          },
        },
      },
      aws_s3_bucket_public_access_block: {
        [name]: {
          ...of,
          ...renamed(context, group(Properties.PublicAccessBlockConfiguration), {
            BlockPublicAcls: 'block_public_acls',
            BlockPublicPolicy: 'block_public_policy',
            IgnorePublicAcls: 'ignore_public_acls',
            RestrictPublicBuckets: 'restrict_public_buckets',
          }),
        },
      },
      aws_s3_bucket_ownership_controls: {
        [name]: { ...of, rule: { object_ownership: 'BucketOwnerEnforced' } },
      },
      aws_s3_bucket_versioning: { [name]: { ...of, versioning_configuration: { status: 'Enabled' } } },
      aws_s3_bucket_lifecycle_configuration: { [name]: { ...of, rule: rules.map((rule) => lifecycleRule(rule)) } },
    },
  };
};

function lifecycleRule({
  Id,
  Status,
  Prefix,
  ExpirationInDays,
  NoncurrentVersionExpiration,
  AbortIncompleteMultipartUpload,
}: Group): TfValue {
  const days = (value: Value | undefined): number => Number(value);
  return {
    id: Id as string,
    status: Status as string,
    filter: Prefix === undefined ? {} : { prefix: Prefix as string },
    ...(ExpirationInDays !== undefined && { expiration: { days: days(ExpirationInDays) } }),
    ...(NoncurrentVersionExpiration !== undefined && {
      noncurrent_version_expiration: { noncurrent_days: days(group(NoncurrentVersionExpiration).NoncurrentDays) },
    }),
    ...(AbortIncompleteMultipartUpload !== undefined && {
      abort_incomplete_multipart_upload: {
        days_after_initiation: days(group(AbortIncompleteMultipartUpload).DaysAfterInitiation),
      },
    }),
  };
}

/** A policy of a bucket, a queue or a topic. @param field what Terraform calls it, and where its value stands */
const resourcePolicy =
  (type: string, field: string, from: string): TfRow =>
  (context) => {
    const { id, resource, expressions } = context;
    const given = resource.Properties[from] ?? '';
    const first = Array.isArray(given) ? ((given as readonly Value[])[0] ?? '') : given;
    const name = snake(id);
    return {
      data: {
        aws_iam_policy_document: { [name]: policyDocument(resource.Properties.PolicyDocument ?? '', expressions) },
      },
      resource: {
        [type]: {
          [name]: { [field]: expressions.value(first), policy: `\${data.aws_iam_policy_document.${name}.json}` },
        },
      },
    };
  };

export const bucketPolicy = resourcePolicy('aws_s3_bucket_policy', 'bucket', 'Bucket');
export const queuePolicy = resourcePolicy('aws_sqs_queue_policy', 'queue_url', 'Queues');
export const topicPolicy = resourcePolicy('aws_sns_topic_policy', 'arn', 'Topics');

/** A resource whose properties only have other names. */
const plain =
  (type: string, names: Readonly<Record<string, string>>): TfRow =>
  (context) =>
    one(type, context.id, { ...renamed(context, context.resource.Properties, names), ...tagsOf(context.resource) });

export const queue = plain('aws_sqs_queue', {
  QueueName: 'name',
  MessageRetentionPeriod: 'message_retention_seconds',
  SqsManagedSseEnabled: 'sqs_managed_sse_enabled',
  KmsMasterKeyId: 'kms_master_key_id',
});
export const topic = plain('aws_sns_topic', { TopicName: 'name', KmsMasterKeyId: 'kms_master_key_id' });
export const subscription = plain('aws_sns_topic_subscription', {
  TopicArn: 'topic_arn',
  Protocol: 'protocol',
  Endpoint: 'endpoint',
});
export const logGroup = plain('aws_cloudwatch_log_group', {
  LogGroupName: 'name',
  RetentionInDays: 'retention_in_days',
  KmsKeyId: 'kms_key_id',
});
export const logPolicy = plain('aws_cloudwatch_log_resource_policy', {
  PolicyName: 'policy_name',
  PolicyDocument: 'policy_document',
});
export const dashboard = plain('aws_cloudwatch_dashboard', {
  DashboardName: 'dashboard_name',
  DashboardBody: 'dashboard_body',
});

import { s3Url } from '../../core/index.js';
import { att, ref, type Properties, sub, type Value } from './model.js';
import { arn } from './rights.js';
import type { Stack } from './stack.js';

/** Where runs are kept. */
export interface LedgerPlace {
  /** `s3://…`, for `LIVYWIRE_LEDGER`. */
  readonly url: Value;
  readonly bucketArn: Value;
  /** Without a slash at its end. */
  readonly prefix: string;
  /** The ARN of objects under the prefix; the pattern may hold `*`. */
  readonly objects: (pattern: string) => Value;
}

const PREFIX = 'livywire';

/** The ledger that is there, or one in a bucket that is made, and stays when the stack goes. */
export function ledgerPlace(stack: Stack): LedgerPlace {
  const { ledger } = stack.options;
  if (ledger) {
    const { bucket, key } = ledger;
    return {
      url: s3Url(ledger),
      bucketArn: arn(`s3:::${bucket}`),
      prefix: key,
      objects: (pattern) => arn(`s3:::${bucket}/${key === '' ? '' : `${key}/`}${pattern}`),
    };
  }
  stack.add({ LedgerBucket: bucket(stack), LedgerBucketPolicy: tlsOnly });
  return {
    url: sub(`s3://\${LedgerBucket}/${PREFIX}`),
    bucketArn: att('LedgerBucket', 'Arn'),
    prefix: PREFIX,
    objects: (pattern) => sub(`\${LedgerBucket.Arn}/${PREFIX}/${pattern}`),
  };
}

function bucket({ options }: Stack) {
  const { ledgerBucket, ledgerDays, kmsKey } = options;
  const expiring = (Id: string, rule: Properties): Properties => ({ Id, Status: 'Enabled', ...rule });
  const Encryption: Properties = kmsKey === undefined ? { SSEAlgorithm: 'AES256' } : { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: kmsKey }; // prettier-ignore
  return {
    Type: 'AWS::S3::Bucket',
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      ...(ledgerBucket !== undefined && { BucketName: ledgerBucket }),
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { ServerSideEncryptionByDefault: Encryption, ...(kmsKey !== undefined && { BucketKeyEnabled: true }) },
        ],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      VersioningConfiguration: { Status: 'Enabled' },
      LifecycleConfiguration: {
        Rules: [
          expiring('old-versions', {
            NoncurrentVersionExpiration: { NoncurrentDays: 30 },
            AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
          }),
          ...(ledgerDays === undefined
            ? []
            : ['runs', 'ended'].map((folder) =>
                expiring(`old-${folder}`, { Prefix: `${PREFIX}/${folder}/`, ExpirationInDays: ledgerDays }),
              )),
        ],
      },
    },
  } as const;
}

const tlsOnly = {
  Type: 'AWS::S3::BucketPolicy',
  DeletionPolicy: 'Retain',
  UpdateReplacePolicy: 'Retain',
  Properties: {
    Bucket: ref('LedgerBucket'),
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'OnlyOverTls',
          Effect: 'Deny',
          Principal: '*',
          Action: ['s3:*'],
          Resource: [att('LedgerBucket', 'Arn'), sub('${LedgerBucket.Arn}/*')],
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ],
    },
  },
} as const;

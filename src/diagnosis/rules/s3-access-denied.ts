import { findThrown, type Rule } from '../rule.js';

/** AWS says no. */
export const s3AccessDenied: Rule = {
  code: 'S3_ACCESS_DENIED',
  about: 'S3 refused the request, or there are no AWS credentials to make it with.',
  transient: false,
  next: [
    "Let the job's role do it: s3:GetObject, s3:PutObject and s3:DeleteObject on bucket/prefix/*, s3:ListBucket on the bucket; kms:Decrypt and kms:GenerateDataKey where it is encrypted",
    "See which role that is: the cluster's EC2 instance profile, or its runtime role; then the bucket's policy, and the policy of a VPC endpoint in between",
  ],
  match: (view) =>
    findThrown(view, [
      { type: /AmazonS3Exception$|S3Exception$|AmazonServiceException$|AWSServiceIOException$|AWSS3IOException$/, says: /Status Code: 40[13]\b|AccessDenied|InvalidAccessKeyId|SignatureDoesNotMatch|Forbidden/ }, // prettier-ignore
      { type: /AccessDeniedException$/, says: /s3[an]?:\/\/|Service: (?:Amazon )?S3|Status Code: 403|AccessDenied|Forbidden|AWS Credentials|Unable to load (?:AWS )?credentials/i }, // prettier-ignore
      { says: /Service: (?:Amazon )?S3.{0,60}Status Code: 40[13]\b|NoAuthWithAWSException|No AWS Credentials provided|Unable to load (?:AWS )?credentials from any provider|AWS Access Key Id you provided does not exist/ }, // prettier-ignore
      { type: /NoAuthWithAWSException$|NoAwsCredentialsException$|CredentialInitializationException$/ },
      { lang: 'python', type: /ClientError$|NoCredentialsError$/, says: /\((?:AccessDenied|403|InvalidAccessKeyId|SignatureDoesNotMatch|Forbidden)\)|Unable to locate credentials/ }, // prettier-ignore
      { lang: 'python', type: /^PermissionError$/, says: /^(?:Access Denied|Forbidden|AccessDenied)/ },
    ]),
};

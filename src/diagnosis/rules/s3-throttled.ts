import { findThrown, type Rule } from '../rule.js';

/** S3, or another service of AWS, asks for fewer requests. */
export const s3Throttled: Rule = {
  code: 'S3_THROTTLED',
  about: 'S3 or another AWS service answered that it gets too many requests.',
  transient: true,
  next: [
    'Run it again, when less runs beside it',
    'Ask less at once: fewer and larger files, fewer executors, other prefixes; on EMR fs.s3.maxRetries, with S3A fs.s3a.attempts.maximum',
  ],
  unproven: 'it takes a real S3 under load; the words are those of the AWS SDK, EMRFS and S3A',
  match: (view) =>
    findThrown(view, [
      {
        says: /Error Code: (?:SlowDown|503 Slow Down|RequestLimitExceeded|Throttling\w{0,30})|Please reduce your request rate|\(Status Code: 503\)|Status Code: 503; Error Code|Rate exceeded/,
      },
      { type: /AWSServiceThrottledException$|ThrottlingException$|ProvisionedThroughputExceededException$/ },
      { lang: 'python', type: /ClientError$/, says: /\((?:SlowDown|Throttling\w{0,30}|TooManyRequests\w{0,30})\)/ },
    ]),
};

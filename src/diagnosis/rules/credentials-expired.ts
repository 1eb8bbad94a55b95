import { findThrown, type Rule } from '../rule.js';

/** It was let in once, and is not any more. */
export const credentialsExpired: Rule = {
  code: 'CREDENTIALS_EXPIRED',
  about: 'A token or a ticket ran out or is missing: temporary AWS credentials, Kerberos, a delegation token.',
  transient: false,
  next: [
    'Let the cluster renew them: an instance profile or a runtime role instead of keys in the conf; with Kerberos --principal and --keytab, which Livy takes as spark.kerberos.*',
    'Or finish within their life: 1 to 12 hours for assumed roles, 24 hours for delegation tokens (renewable for 7 days)',
  ],
  unproven: 'it takes real AWS credentials or a Kerberos realm; the words are those of the AWS SDK and Hadoop',
  match: (view) =>
    findThrown(view, [
      { says: /Error Code: (?:ExpiredToken|ExpiredTokenException|RequestExpired|InvalidToken)|The (?:provided|security) token (?:has expired|included in the request is expired)/ }, // prettier-ignore
      { lang: 'python', type: /ClientError$/, says: /\((?:ExpiredToken\w{0,20}|RequestExpired)\)/ },
      { says: /GSS initiate failed|Failed to find any Kerberos (?:tgt|credentials)|token \(.{0,300}\) (?:is expired|can't be found in cache)|Client cannot authenticate via:? ?\[/ }, // prettier-ignore
    ]),
};

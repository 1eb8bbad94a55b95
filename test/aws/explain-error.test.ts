import test from 'ava';
import { explainAwsError } from '../../src/aws/index.js';
import { ConfigError, UnreachableError } from '../../src/core/index.js';

const question = {
  service: 'EMR',
  doing: 'the cluster nightly cannot be found',
  action: 'elasticmapreduce:ListClusters',
};

/** As the SDK throws it. */
const sdkError = (name: string, message: string, status?: number, more: object = {}): Error =>
  Object.assign(new Error(message), {
    name,
    ...(status !== undefined && { $metadata: { httpStatusCode: status } }),
    ...more,
  });

for (const [what, error, name, said] of [
  [
    'no region',
    sdkError('Error', 'Region is missing'),
    'ConfigError',
    /^the cluster nightly cannot be found: no AWS region is set; set AWS_REGION/,
  ],
  [
    'an empty AWS_REGION',
    sdkError('Error', 'Region not accepted: region="" is not a valid hostname component.'),
    'ConfigError',
    /no AWS region is set; set AWS_REGION/,
  ],
  [
    'a region that cannot be one',
    sdkError('Error', 'Region not accepted: region="eu west" is not a valid hostname component.'),
    'ConfigError',
    /"eu west" is no AWS region; set AWS_REGION/,
  ],
  [
    'no credentials',
    sdkError('CredentialsProviderError', 'Could not load credentials from any providers'),
    'ConfigError',
    /no AWS credentials were found; set AWS_PROFILE/,
  ],
  [
    'an SSO session that is over',
    sdkError(
      'CredentialsProviderError',
      'The SSO session associated with this profile has expired. To refresh this SSO session run aws sso login with the corresponding profile.',
    ),
    'ConfigError',
    /credentials have expired .*`aws sso login`/,
  ],
  [
    'expired credentials',
    sdkError('ExpiredTokenException', 'The security token included in the request is expired', 400),
    'ConfigError',
    /have expired \(ExpiredTokenException\)/,
  ],
  [
    'a token nobody knows',
    sdkError('UnrecognizedClientException', 'The security token included in the request is invalid.', 400),
    'ConfigError',
    /does not accept these credentials/,
  ],
  [
    'an action that is denied, with who and what',
    sdkError(
      'AccessDeniedException',
      'User: arn:aws:sts::1:assumed-role/dev/ann is not authorized to perform: elasticmapreduce:ListClusters on resource: * because no identity-based policy allows the elasticmapreduce:ListClusters action',
      400,
    ),
    'ConfigError',
    /assumed-role\/dev\/ann may not elasticmapreduce:ListClusters on \* \(because no identity-based policy/,
  ],
  [
    'an action that is denied without a word',
    sdkError('403', 'UnknownError', 403),
    'ConfigError',
    /these credentials may not elasticmapreduce:ListClusters; allow that in IAM \(docs/,
  ],
  [
    'a clock that is off, as the JSON services say it',
    sdkError(
      'InvalidSignatureException',
      'Signature expired: 20260101T000000Z is now earlier than 20260101T001000Z',
      400,
    ),
    'ConfigError',
    /clock is off/,
  ],
  [
    'throttling',
    sdkError('ThrottlingException', 'Rate exceeded', 400),
    'HttpStatusError',
    /EMR asks to slow down \(ThrottlingException\)/,
  ],
  [
    'a refused connection',
    sdkError('Error', 'connect ECONNREFUSED 10.0.0.1:443', undefined, { code: 'ECONNREFUSED' }),
    'UnreachableError',
    /EMR is out of reach \(connect ECONNREFUSED/,
  ],
  [
    'no answer in time',
    sdkError('TimeoutError', 'Connection timed out after 10000 ms'),
    'UnreachableError',
    /did not answer in time/,
  ],
  [
    'a proxy that opens TLS',
    sdkError('Error', 'self-signed certificate in certificate chain', undefined, { code: 'SELF_SIGNED_CERT_IN_CHAIN' }),
    'UnreachableError',
    /NODE_EXTRA_CA_CERTS/,
  ],
  [
    'an AWS in trouble',
    sdkError('InternalError', 'We encountered an internal error', 500),
    'HttpStatusError',
    /EMR answered 500 InternalError/,
  ],
  [
    'an answer that is in no list',
    sdkError('ValidationException', 'x is not y', 400),
    'HttpStatusError',
    /400 ValidationException: x is not y/,
  ],
] as const) {
  test(`${what}: one sentence, and the right class`, (t) => {
    const explained = explainAwsError(error, question);
    t.is(explained.name, name);
    t.regex(explained.message, said);
  });
}

test('what is denied is told by the answer where it names it, else by the question', (t) => {
  const { message } = explainAwsError(sdkError('AccessDenied', 'Access Denied', 403), {
    ...question,
    resource: 'arn:aws:s3:::b',
  });
  t.regex(message, /may not elasticmapreduce:ListClusters on arn:aws:s3:::b;/);
});

for (const [syscall, reached] of [
  ['connect', 'no'],
  ['read', 'maybe'],
  ['write', 'maybe'],
  [undefined, 'maybe'],
] as const) {
  test(`a network that is gone at ${syscall ?? 'an unknown point'}: whether the request arrived is ${reached}`, (t) => {
    for (const code of ['EHOSTUNREACH', 'ENETUNREACH']) {
      const explained = explainAwsError(
        sdkError('Error', `${syscall} ${code}`, undefined, { code, syscall }),
        question,
      );
      t.is((explained as UnreachableError).reached, reached);
    }
  });
}

test('a request that found no connection in time has certainly not arrived', (t) => {
  const words =
    '@smithy/node-http-handler - the request socket did not establish a connection with the server within the configured timeout of 10000 ms.';
  t.is((explainAwsError(sdkError('TimeoutError', words), question) as UnreachableError).reached, 'no');
});

test('our own time limit is no mistake of anybody', (t) => {
  const explained = explainAwsError(sdkError('AbortError', 'Request aborted'), question);
  t.true(explained instanceof UnreachableError);
  t.regex(explained.message, /EMR did not answer in time/);
  t.is((explained as UnreachableError).reached, 'maybe');
});

test('a program for credentials that fails: its words are told, not the line it was called with, nor a secret', (t) => {
  const words = 'Command failed: /opt/vault --role etl --key hunter22\nno session, password=hunter23\n';
  const { message } = explainAwsError(sdkError('CredentialsProviderError', words), { ...question, profile: 'etl' });
  t.regex(message, /profile etl gives no AWS credentials \(its credential_process failed: no session/);
  t.notRegex(message, /hunter|vault/);
});

test('errors of ours come back as they are', (t) => {
  const ours = new ConfigError('x');
  t.is(explainAwsError(ours, question), ours);
});

test('control characters of an answer reach nobody', (t) => {
  const { message } = explainAwsError(sdkError('Odd', 'a\u001b[31mb\nc', 400), question);
  // eslint-disable-next-line no-control-regex
  t.notRegex(message, /[\u0000-\u001f]/);
});

import {
  ConfigError,
  HttpStatusError,
  isLivywireError,
  type LivywireError,
  plainLine,
  redactText,
  UnreachableError,
} from '../core/index.js';

/** What was asked of AWS, for the sentence: `explainAwsError(error, { service: 'S3', doing: 's3://bucket/x cannot be read' })`. */
export interface AwsQuestion {
  /** `S3`, `EMR`, `STS`. */
  readonly service: string;
  /** What could not be done, as the first half of a sentence: `the ledger s3://bucket/livywire cannot be read`. */
  readonly doing: string;
  /** The IAM action, for answers that do not name it: `s3:GetObject`. */
  readonly action?: string;
  /** What it was to be done to, for answers that do not name it: `arn:aws:s3:::bucket/livywire/*`. */
  readonly resource?: string;
  /** The setting at fault where the thing asked for is not there: `--ledger`. */
  readonly field?: string;
  /** The profile of `~/.aws`, where the error does not know it: those of our own clients do. */
  readonly profile?: string | undefined;
}

/** What an SDK's error tells. Read by its fields: several copies of the SDK may be in one process. */
interface Seen {
  readonly name: string;
  readonly message: string;
  readonly code: string;
  /** What the system was asked for when it failed: `connect`, `read`. */
  readonly syscall: string;
  readonly status: number | undefined;
  /** Which profile of `~/.aws` was asked for credentials, where our clients noted it. */
  readonly profile: string | undefined;
}

type Explain = (seen: Seen, question: AwsQuestion) => LivywireError | undefined;

const EXPIRED = new Set(['ExpiredToken', 'ExpiredTokenException', 'RequestExpired', 'TokenRefreshRequired']);
const UNKNOWN_KEYS = new Set([
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  'InvalidToken',
  'SignatureDoesNotMatch',
  'InvalidSignatureException',
  'AuthFailure',
  'MissingAuthenticationToken',
]);
const SKEWED = new Set(['RequestTimeTooSkewed', 'RequestInTheFuture']);
const DENIED = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'UnauthorizedOperation',
  'Forbidden',
  'AllAccessDisabled',
]);
const THROTTLED = new Set([
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'SlowDown',
]);
/** Raised by name lookup and connecting only. */
const UNSENT = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'PROXY_REFUSED']);
/** The SDK's own limit for connecting. */
const UNCONNECTED = /did not establish a connection/;
/** Raised by connecting, and by a connection whose network goes away under a request. */
const NO_ROUTE = new Set(['EHOSTUNREACH', 'ENETUNREACH']);
const NETWORK = new Set([
  ...UNSENT,
  ...NO_ROUTE,
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ECONNABORTED',
  'ERR_SOCKET_CLOSED',
]);
const UNTRUSTED = /^(?:UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|CERT_|ERR_TLS_CERT)/;

/**
 * An SDK's error as ours, with one sentence that says what to do: `ConfigError` for what the caller must mend,
 * `UnreachableError` for the network, `HttpStatusError` for an AWS that is in trouble or asks to slow down. Errors that
 * are ours already come back as they are; a caller's abort is not an error of AWS and has to be looked at before.
 */
export function explainAwsError(error: unknown, question: AwsQuestion): LivywireError {
  if (isLivywireError(error)) return error;
  const seen = read(error);
  for (const explain of [
    noRegion,
    clock,
    credentials,
    keys,
    archived,
    denied,
    missingBucket,
    redirected,
    throttled,
    network,
  ]) {
    const explained = explain(seen, question);
    if (explained) return explained;
  }
  const { status = 0, message, name } = seen;
  // A portal's page, or a stand-in that is none.
  if (status === 200) {
    const what = `${question.doing}: what answered for ${question.service} did not answer as it does (${name}: ${message})`;
    return new HttpStatusError(
      `${what}; check the endpoint and the proxy`,
      { status, serverMessage: message, body: '' },
      { cause: error },
    );
  }
  const words = `${question.doing}: ${question.service} answered ${status === 0 ? '' : `${status} `}${name}: ${message}`;
  // Nothing was answered: a bug or a broken installation, which is not to pass for an answer of AWS.
  if (status === 0) return new UnreachableError(`${question.doing}: ${name}: ${message}`, 'maybe', { cause: error });
  return new HttpStatusError(words, { status, serverMessage: message, body: '' }, { cause: error });
}

/** The name that AWS gave its error: `NoSuchKey`, `PreconditionFailed`. Empty for anything else. */
export const awsErrorName = (error: unknown): string => (error instanceof Error ? read(error).name : '');

/** The HTTP status of an SDK's error. */
export const awsStatusOf = (error: unknown): number | undefined => read(error).status;

function read(error: unknown): Seen {
  const fields = typeof error === 'object' && error !== null ? (error as Readonly<Record<string, unknown>>) : {};
  const metadata = (fields.$metadata ?? {}) as Readonly<Record<string, unknown>>;
  const cause =
    typeof fields.cause === 'object' && fields.cause !== null
      ? (fields.cause as { code?: unknown; syscall?: unknown })
      : {};
  // Several addresses were tried; the first stands for all.
  const [first] = Array.isArray(fields.errors)
    ? (fields.errors as readonly { code?: unknown; syscall?: unknown }[])
    : [];
  const code = [fields.code, fields.Code, first?.code, cause.code].find((one) => typeof one === 'string');
  const syscall = [fields.syscall, first?.syscall, cause.syscall].find((one) => typeof one === 'string');
  const status = metadata.httpStatusCode;
  const message = typeof fields.message === 'string' ? fields.message : String(error);
  const name = typeof fields.name === 'string' ? fields.name : 'Error';
  return {
    // What has no body (an answer to HEAD) has no name either.
    name:
      /^(?:Error|UnknownError|Unknown|\d+)$/.test(name) && typeof code === 'string' && !NETWORK.has(code) ? code : name,
    message: plainLine(redactText(withoutCommand(message))).slice(0, 600),
    code: typeof code === 'string' ? code : '',
    syscall: typeof syscall === 'string' ? syscall : '',
    status: typeof status === 'number' ? status : undefined,
    profile: typeof fields.awsProfile === 'string' ? fields.awsProfile : undefined,
  };
}

/** A program for credentials may be called with a secret. */
const withoutCommand = (message: string): string =>
  message.replace(/^Command failed: [^\n]*\n?/, 'its credential_process failed: ');

const mend = (message: string, field?: string): ConfigError =>
  new ConfigError(message, field === undefined ? {} : { field });

const noRegion: Explain = ({ message }, { doing }) => {
  const [, wrong] = /^Region not accepted: region="([^"]*)"/.exec(message) ?? [];
  if (wrong === undefined && !/region is missing/i.test(message)) return undefined;
  const what =
    wrong === undefined || wrong === '' ? 'no AWS region is set' : `${JSON.stringify(wrong)} is no AWS region`;
  return mend(`${doing}: ${what}; set AWS_REGION, give --region, or a region in the profile`, '--region');
};

const clock: Explain = ({ name, message }, { doing }) =>
  SKEWED.has(name) || /signature (?:expired|not yet current)/i.test(message)
    ? mend(`${doing}: this machine's clock is off by more than AWS allows (${name}); set it, and try again`, 'clock')
    : undefined;

/** `aws sso login --profile x`, for whom that is the way. */
const login = (profile: string | undefined): string =>
  `aws sso login${profile === undefined ? '' : ` --profile ${profile}`}`;

const credentials: Explain = ({ name, message, ...seen }, { doing, profile = seen.profile }) => {
  const field = 'AWS credentials';
  const fromProvider = name === 'CredentialsProviderError' || name === 'TokenProviderError' || name === 'ProviderError';
  if (EXPIRED.has(name) || (fromProvider && /expired|sso session|refresh/i.test(message))) {
    return mend(
      `${doing}: the AWS credentials have expired (${name}); get fresh ones, for SSO by \`${login(profile)}\``,
      field,
    );
  }
  if (!fromProvider) return undefined;
  const why = /any providers/.test(message) ? '' : ` (${message})`;
  const found = profile === undefined ? 'no AWS credentials were found' : `profile ${profile} gives no AWS credentials`;
  return mend(
    `${doing}: ${found}${why}; set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run where a role gives them`,
    field,
  );
};

/** What S3 calls a malformed header, as it does a wrong region. */
const isNoKey = (message: string): boolean => /non-empty Access Key/i.test(message);

const keys: Explain = ({ name, message }, { doing }) =>
  UNKNOWN_KEYS.has(name) || isNoKey(message)
    ? mend(
        `${doing}: AWS does not accept these credentials (${name}); check which are used: AWS_PROFILE, AWS_ACCESS_KEY_ID, AWS_SESSION_TOKEN`,
        'AWS credentials',
      )
    : undefined;

/** S3's answer to a read is 403, and has nothing to do with rights. */
const archived: Explain = ({ name }, { doing, field }) =>
  name === 'InvalidObjectState'
    ? mend(
        `${doing}: the object is archived, and has to be restored before it can be read (aws s3api restore-object)`,
        field,
      )
    : undefined;

const denied: Explain = ({ name, message, status }, { doing, action, resource }) => {
  if (!DENIED.has(name) && status !== 403) return undefined;
  // User: arn:… is not authorized to perform: s3:PutObject on resource: "arn:…" because no identity-based policy allows it
  const [, who, asked, what, why] =
    /User: (\S+) is not authorized to perform: ([\w-]+:[\w*]+)(?: on resource: "?([^\s"]+)"?)?(?:.*?(with an explicit deny[^.]*|because [^.]*))?/.exec(
      message,
    ) ?? [];
  const may = asked ?? action;
  const on = what ?? resource;
  const subject = who ?? 'these credentials';
  if (may === undefined) return mend(`${doing}: access is denied (${name}: ${message})`, 'IAM');
  // Only a bucket and a key have policies of their own.
  const where = /^(?:s3|kms):/.test(may) ? 'IAM, or in the policy of the bucket or of its KMS key' : 'IAM';
  return mend(
    `${doing}: ${subject} may not ${may}${on === undefined ? '' : ` on ${on}`}${why === undefined ? '' : ` (${why.trim()})`}; ` +
      `allow that in ${where} (docs/aws.md lists what livywire needs)`,
    'IAM',
  );
};

const missingBucket: Explain = ({ name }, { doing, field }) =>
  name === 'NoSuchBucket'
    ? mend(`${doing}: there is no such bucket, at least not for this account and endpoint; check its name`, field)
    : undefined;

const redirected: Explain = ({ name, message }, { doing }) =>
  name === 'PermanentRedirect' ||
  name === 'AuthorizationHeaderMalformed' ||
  name === 'IllegalLocationConstraintException'
    ? mend(`${doing}: it is in another region (${message}); give that one by --region or AWS_REGION`, '--region')
    : undefined;

const throttled: Explain = ({ name, message, status }, { doing, service }) =>
  THROTTLED.has(name) || status === 429
    ? new HttpStatusError(
        `${doing}: ${service} asks to slow down (${name}), also after several tries; try again later`,
        {
          status: 429, // EMR says 400, which would read as a refusal for good
          serverMessage: message,
          body: '',
        },
      )
    : undefined;

const network: Explain = ({ name, code, syscall, message, status }, { doing, service }) => {
  if (status !== undefined && status >= 400) return undefined;
  if (UNTRUSTED.test(code)) {
    return new UnreachableError(
      `${doing}: the certificate of ${service} is not trusted (${code}); where a proxy opens TLS, give its authority in NODE_EXTRA_CA_CERTS`,
      'no',
    );
  }
  // The caller's own abort was looked at before: this one is a time limit of ours.
  const late = name === 'TimeoutError' || name === 'AbortError' || code === 'ETIMEDOUT';
  if (!late && !NETWORK.has(code) && !NETWORK.has(name)) return undefined;
  return new UnreachableError(
    `${doing}: ${service} ${late ? 'did not answer in time' : `is out of reach (${message})`}; ` +
      'check the endpoint and the way to it: HTTPS_PROXY and NO_PROXY, or a VPC endpoint where there is no internet',
    UNSENT.has(code) || UNCONNECTED.test(message) || (NO_ROUTE.has(code) && syscall === 'connect') ? 'no' : 'maybe',
  );
};

import type { JobSpec } from './model.js';

export const REDACTED = '(redacted)';

// Spark's own default for spark.redaction.regex is (?i)secret|password|token|access[.]?key; this is wider.
const secretWord =
  /secret|passw|passphrase|(?<![a-z])pass(?![a-z])|pwd|token|(?:access|account|api|private)[._-]?key|credential|signature/i;

// `--password-file` names where a secret is, and holds none.
const pointsElsewhere = /[._-]?(?:file|path|command)$/i;

/** Whether a value under this name should never be shown. */
export const isSecretName = (name: string): boolean => secretWord.test(name) && !pointsElsewhere.test(name);

const name =
  '(?:secret|passw(?:or)?d|passphrase|pwd|token|(?:access|account|api|private)[._-]?key|credentials?)[\\w.-]{0,128}(?<!file|path|command)';
const alreadyDone = '(?!\\(redacted\\))';
/** A value may hold what also ends one: it goes on unless a blank, the end or another name follows. */
const bareValue = `(?:[^\\s"',;&}]|[,;&}]{1,16}(?=[^\\s"',;&}])(?![\\w.-]{1,64}["']?\\s{0,4}[=:]))+`;

// Runs are bounded where many of them can begin in one line: without that they took time in the square of its length.
const patterns: readonly (readonly [RegExp, string])[] = [
  // scheme://user:password@host; in S3 addresses the secret may hold slashes, and a token may stand alone in web addresses
  [/\b(s3[an]?:\/\/)[^\s:@/]{0,256}:[^\s@]{1,256}@/gi, `$1${REDACTED}@`],
  [/([a-z][a-z0-9+.-]{0,31}:\/\/)[^\s/@:]*:[^\s/]+@/gi, `$1${REDACTED}@`],
  [/\b(https?:\/\/)(?!\(redacted\))[^\s/@:]+@/gi, `$1${REDACTED}@`],
  // Authorization headers, however they were quoted; a digest or a signature runs to the end of its line
  [
    /\b((?:proxy-)?authorization["']?\s*[:=]\s*["']?)(?:(?:basic|bearer|negotiate)\s+[^\s"',;]+|[^\r\n"']+)/gi,
    `$1${REDACTED}`,
  ],
  [/\b(bearer\s+)[A-Za-z0-9._~+/-]{16,}=*/gi, `$1${REDACTED}`],
  [/\b((?:set-)?cookie["']?\s*[:=]\s*)[^\r\n]+/gi, `$1${REDACTED}`],
  // query parameters of presigned URLs
  [
    /([?&](?:x-amz-(?:signature|security-token|credential)|awsaccesskeyid|signature|token|access_token|sig)=)[^&\s"']+/gi,
    `$1${REDACTED}`,
  ],
  // what shows itself: AWS access key ids, JSON web tokens, GitHub's and Slack's tokens
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, REDACTED],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g, REDACTED],
  [/\bgh[opsur]_[A-Za-z0-9]{20,}/g, REDACTED],
  [/\bxox[abeoprs]-[A-Za-z0-9-]{10,}/g, REDACTED],
  // name="value", name: 'value', "name":"value", and the same inside a JSON string; the name may have parts around the word
  [new RegExp(`(${name}(?:["']?\\s*[:=])\\s*")${alreadyDone}(?:[^"\\\\\\r\\n]|\\\\.)+`, 'gi'), `$1${REDACTED}`],
  [new RegExp(`(${name}(?:["']?\\s*[:=])\\s*')${alreadyDone}(?:[^'\\\\\\r\\n]|\\\\.)+`, 'gi'), `$1${REDACTED}`],
  [
    new RegExp(`(${name}\\\\{1,3}["']\\s*:\\s*\\\\{1,3}["'])${alreadyDone}(?:(?!\\\\{1,3}["']).)+`, 'gi'),
    `$1${REDACTED}`,
  ],
  // name=value, name: value, --name value
  [
    new RegExp(`(${name}(?:["']\\s*:|["']?\\s*(?:=|:\\s))\\s*)(?!["']|--\\w)${alreadyDone}${bareValue}`, 'gi'),
    `$1${REDACTED}`,
  ],
  [
    /(--[\w-]{0,64}(?:secret|password|passwd|(?<![a-z])pass(?![a-z])|pwd|token|access-key|account-key|api-key)[\w-]{0,64}(?<!file|path|command)\s+)(?!\(redacted\))(?!--)\S+/gi,
    `$1${REDACTED}`,
  ],
];

/** Masks what looks like a credential in free text. */
export const redactText = (text: string): string =>
  patterns.reduce((done, [pattern, replacement]) => done.replace(pattern, replacement), text);

/** Masks secret-looking arguments: the value of `--password x`, of `token=x`, and anything {@link redactText} knows. */
export function redactArgs(args: readonly string[]): string[] {
  return args.map((arg, i) => {
    const before = args[i - 1];
    const isValueOfSecretFlag =
      before?.startsWith('-') && !before.includes('=') && isSecretName(before) && !arg.startsWith('--');
    return isValueOfSecretFlag ? REDACTED : redactText(arg);
  });
}

/** A spec that may be kept and shown: secret-looking conf values and arguments are masked. */
export function redactSpec(spec: JobSpec): JobSpec {
  return {
    ...spec,
    file: redactText(spec.file),
    // Presigned URLs come in any of these.
    ...(spec.jars && { jars: spec.jars.map(redactText) }),
    ...(spec.pyFiles && { pyFiles: spec.pyFiles.map(redactText) }),
    ...(spec.files && { files: spec.files.map(redactText) }),
    ...(spec.archives && { archives: spec.archives.map(redactText) }),
    ...(spec.name !== undefined && { name: redactText(spec.name) }),
    ...(spec.args && { args: redactArgs(spec.args) }),
    ...(spec.conf && {
      conf: Object.fromEntries(
        Object.entries(spec.conf).map(([key, value]) => [
          key,
          isSecretName(key) ? REDACTED : typeof value === 'string' ? redactText(value) : value,
        ]),
      ),
    }),
  };
}

// C0 (but tab), DEL, C1, and the bidirectional overrides that can make a line read as another.
// eslint-disable-next-line no-control-regex -- control characters are what this is about
const controls = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;
// CSI, OSC, DCS/SOS/PM/APC strings and two-byte escapes, so that no `[31m` litter stays behind.
const escapes =
  // eslint-disable-next-line no-control-regex -- control characters are what this is about
  /\u001b\[[0-?]*[ -/]*[@-~]|\u009b[0-?]*[ -/]*[@-~]|\u001b[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[ -/]*[0-~]/g;

/** One line that is safe on a terminal: no escape sequences, no control characters but tab. */
export const plainLine = (text: string): string => text.replace(escapes, '').replace(controls, '');

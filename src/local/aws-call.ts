import type { IncomingMessage } from 'node:http';

/** What a request asks for, as an IAM policy would name it. */
export interface AwsCall {
  /** `s3`, `elasticmapreduce`, `sts` … */
  readonly service: string;
  /** `GetObject`, `ListClusters` … */
  readonly action: string;
  /** `/bucket/key` for S3, the function's name for Lambda, else empty. */
  readonly resource: string;
  /** How errors are written. */
  readonly protocol: 'json' | 'query' | 's3' | 'rest';
}

/** `elasticmapreduce:ListClusters` */
export const nameOf = (call: Pick<AwsCall, 'service' | 'action'>): string => `${call.service}:${call.action}`;

/** Some APIs have a name of their own in this header. */
const services: Readonly<Record<string, string>> = {
  ElasticMapReduce: 'elasticmapreduce',
  AWSStepFunctions: 'states',
  RedshiftData: 'redshift-data',
};

const invocation = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

/** What the request asks for. Of the form-encoded protocol (STS, EC2) the action is in the body, so that is given too, or in the query. */
export function callOf(request: Pick<IncomingMessage, 'method' | 'url' | 'headers'>, body?: Buffer): AwsCall {
  const url = new URL(request.url ?? '/', 'http://aws');
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string') {
    const [prefix = '', action = ''] = target.split('.');
    return { service: services[prefix] ?? prefix.toLowerCase(), action, resource: '', protocol: 'json' };
  }
  const [, name] = invocation.exec(url.pathname) ?? [];
  if (name !== undefined && scopeOf(request) === 'lambda') {
    return { service: 'lambda', action: 'InvokeFunction', resource: decodeURIComponent(name), protocol: 'rest' };
  }
  const query = isForm(request) ? new URLSearchParams(body?.toString('utf8')) : url.searchParams;
  const action = url.pathname === '/' ? query.get('Action') : null;
  if (action !== null) return { service: scopeOf(request) ?? 'sts', action, resource: '', protocol: 'query' };
  return { service: 's3', action: s3Action(request.method ?? 'GET', url), resource: url.pathname, protocol: 's3' };
}

/** Whether it calls a function; no bucket has such a name. */
export const isInvocation = (request: Pick<IncomingMessage, 'url' | 'headers'>): boolean =>
  scopeOf(request) === 'lambda' && invocation.test(new URL(request.url ?? '/', 'http://aws').pathname);

export const isFormType = ({ headers }: Pick<IncomingMessage, 'headers'>): boolean =>
  headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;

/** A question of the form-encoded protocol: they have no path, as objects have, which curl puts with this type as well. */
export const isForm = (request: Pick<IncomingMessage, 'url' | 'headers'>): boolean =>
  isFormType(request) && new URL(request.url ?? '/', 'http://aws').pathname === '/';

/** The service that the signature is for. */
const scopeOf = (request: Pick<IncomingMessage, 'headers'>): string | undefined =>
  /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(request.headers.authorization ?? '')?.[1];

/** The permission that S3 asks for, which is not always the request's name: a HEAD is a GetObject. */
function s3Action(method: string, url: URL): string {
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(url.pathname) ?? [];
  const asked = url.searchParams;
  if (bucket === '') return 'ListAllMyBuckets';
  if (key === '') {
    if (asked.has('delete')) return 'DeleteObject';
    if (asked.has('versions')) return 'ListBucketVersions';
    if (asked.has('uploads')) return 'ListBucketMultipartUploads';
    if (asked.has('location')) return 'GetBucketLocation';
    return { PUT: 'CreateBucket', DELETE: 'DeleteBucket' }[method] ?? 'ListBucket';
  }
  if (method === 'DELETE') return asked.has('uploadId') ? 'AbortMultipartUpload' : 'DeleteObject';
  if (asked.has('tagging')) return method === 'GET' ? 'GetObjectTagging' : 'PutObjectTagging';
  if (method === 'GET' && asked.has('uploadId')) return 'ListMultipartUploadParts';
  return method === 'PUT' || method === 'POST' ? 'PutObject' : 'GetObject';
}

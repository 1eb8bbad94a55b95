import { ref, type Value } from './model.js';
import { aliasOfPlaceholder } from './placeholders.js';
import { arn, ownArn } from './rights.js';

/** An ARN as it stands, or a name made one; where neither is known, all of the kind in this account. */
export const named =
  (service: string, kind: string) =>
  (name: string | undefined): Value =>
    name?.startsWith('arn:') ? name : ownArn(service, `${kind}${name ?? '*'}`);

/** A secret, by its ARN, or by its name, behind which AWS has six signs of its own. */
export const secret = (name: string | undefined): Value =>
  named('secretsmanager', 'secret:')(name === undefined || name.startsWith('arn:') ? name : `${name}-??????`);

/** A role, by its name or ARN; all of the account where neither is known. */
export const role = (name: string | undefined): Value => (name?.startsWith('arn:') ? name : arn(`iam::\${AWS::AccountId}:role/${name ?? '*'}`)); // prettier-ignore

/** A function, by its name or ARN, or the alias of one that is deployed with the machine. */
export function invoked(name: string | undefined): Value {
  const [, placeholder] = /^\$\{(\w+)\}$/.exec(name ?? '') ?? [];
  if (placeholder !== undefined && Object.hasOwn(aliasOfPlaceholder, placeholder))
    return ref(aliasOfPlaceholder[placeholder as keyof typeof aliasOfPlaceholder]);
  return named('lambda', 'function:')(name);
}

/** Every revision of a definition that is named without one: what is asked for is the newest, and AWS authorizes that by its number. */
export const revisions =
  (service: string, kind: string) =>
  (name: string | undefined): Value =>
    named(service, kind)(name === undefined || /:\d+$/.test(name) ? name : `${name}:*`);

/** A machine and its executions by the ARN of the machine, of a version of it or of an alias: Step Functions authorizes by the machine's own. */
export function machineAndExecutions(given: string): readonly [machine: string, executions: string] {
  const machine = given.split(':').slice(0, 7).join(':');
  return [machine, `${machine.replace(':stateMachine:', ':execution:')}:*`];
}

/** A queue by its URL: of the account and in the region that the URL names. */
export function queue(url: string | undefined): Value {
  if (url === undefined || !URL.canParse(url)) return named('sqs', '')(url);
  const { hostname, pathname } = new URL(url);
  const [name = '*', account = ''] = pathname.split('/').reverse();
  const own = /^\d{12}$/.test(account) ? account : '${AWS::AccountId}';
  return arn(`sqs:${regionOf(hostname) ?? '${AWS::Region}'}:${own}:${name}`);
}

/** `sqs.eu-west-1.amazonaws.com`, an endpoint of a VPC, or one of the two kinds of old hosts. */
function regionOf(hostname: string): string | undefined {
  if (hostname === 'queue.amazonaws.com') return 'us-east-1';
  const [, now, before] =
    /(?:^|\.)(?:sqs(?:-fips)?\.([a-z]+(?:-[a-z]+)+-\d+)|([a-z]+(?:-[a-z]+)+-\d+)\.queue)\./.exec(hostname) ?? [];
  return now ?? before;
}

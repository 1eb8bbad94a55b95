/**
 * `<ARN of a secret>` or `<ARN>#<field of its JSON>` as CloudFormation reads it while it deploys: the functions need no right
 * and no call for it, and the template does not hold it.
 */
export function secretReference(where: string): string {
  const [arn = '', field = ''] = where.split('#');
  return `{{resolve:secretsmanager:${arn}:SecretString${field === '' ? '' : `:${field}`}}}`;
}

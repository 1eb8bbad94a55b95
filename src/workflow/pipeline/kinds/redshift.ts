import * as z from 'zod';
import { isOneOf } from '../../endings.js';
import { pollLoop } from '../poll-loop.js';
import type { Branch } from '../states.js';
import { defineKind, group, text } from './kind.js';

const quoted = (value: string): string => `'${value.replaceAll("'", "''")}'`;

const copy = z.strictObject(
  { table: text, from: text, role: text, options: text.optional() },
  { error: 'table, from (s3://…), role and, where wanted, options such as FORMAT AS PARQUET' },
);
const unload = z.strictObject(
  { query: text, to: text, role: text, options: text.optional() },
  { error: 'query, to (s3://…), role and, where wanted, options such as FORMAT AS PARQUET' },
);

const copySql = ({ table, from, role, options = 'FORMAT AS PARQUET' }: z.output<typeof copy>): string =>
  `COPY ${table} FROM ${quoted(from)} IAM_ROLE ${quoted(role)} ${options}`;
const unloadSql = ({ query, to, role, options = 'FORMAT AS PARQUET' }: z.output<typeof unload>): string =>
  `UNLOAD (${quoted(query)}) TO ${quoted(to)} IAM_ROLE ${quoted(role)} ${options}`;

export const redshift = defineKind({
  what: 'Runs a COPY, an UNLOAD or a statement of your own at Redshift, through its Data API',
  fields: {
    database: text,
    /** A provisioned cluster, or a workgroup of Redshift Serverless. */
    cluster: text.optional(),
    workgroup: text.optional(),
    secret: text.optional(),
    user: text.optional(),
    copy: copy.optional(),
    unload: unload.optional(),
    sql: text.optional(),
    /** For `:name` in sql. */
    parameters: group.optional(),
  },
  permissions: [
    'redshift-data:ExecuteStatement',
    'redshift-data:DescribeStatement',
    'redshift-data:CancelStatement',
    'redshift:GetClusterCredentials',
    'redshift:GetClusterCredentialsWithIAM',
    'redshift-serverless:GetCredentials',
    'secretsmanager:GetSecretValue',
  ],
  build: (fields, { identity, timeoutSeconds, problem }) => {
    const { database, cluster, workgroup, secret, user, parameters } = fields;
    const statements = [
      fields.copy && copySql(fields.copy),
      fields.unload && unloadSql(fields.unload),
      fields.sql,
    ].filter((one) => one !== undefined);
    if (statements.length !== 1) problem('', 'needs exactly one of copy, unload and sql');
    if ((cluster === undefined) === (workgroup === undefined)) problem('', 'needs a cluster or a workgroup, not both');
    const pairs = Object.entries(parameters ?? {}).map(([name, value]) => ({ name, value }));
    const id = { 'Id.$': '$.started.Id' };
    return {
      type: 'states',
      input: {
        ...identity('identity'),
        request: {
          Database: database,
          ClusterIdentifier: cluster,
          WorkgroupName: workgroup,
          SecretArn: secret,
          DbUser: user,
          Sql: statements[0] ?? '',
          ...(pairs.length > 0 && {
            Parameters: pairs.map(({ name, value }) => ({ Name: name, Value: value })),
          }),
        },
      },
      branch: withToken(
        pollLoop({
          start: {
            resource: 'arn:aws:states:::aws-sdk:redshiftdata:executeStatement',
            parameters: requestFields({ cluster, workgroup, secret, user, parameters }),
            // With the token a statement is carried out once, however often it is asked for.
            retry: [
              {
                ErrorEquals: ['States.ALL'],
                IntervalSeconds: 5,
                BackoffRate: 2,
                MaxDelaySeconds: 120,
                MaxAttempts: 5,
                JitterStrategy: 'FULL',
              },
            ],
          },
          look: { resource: 'arn:aws:states:::aws-sdk:redshiftdata:describeStatement', parameters: id },
          ends: [
            ...isOneOf('$.looked.Status', ['FINISHED'], 'well'),
            ...isOneOf('$.looked.Status', ['FAILED', 'ABORTED'], 'badly'),
          ],
          error: 'RedshiftStatementFailed',
          cause: 'States.JsonToString($.looked)',
          pause: { first: 3, growth: 3, longest: 300 },
          ...(timeoutSeconds !== undefined && {
            timeout: {
              seconds: timeoutSeconds,
              stop: { resource: 'arn:aws:states:::aws-sdk:redshiftdata:cancelStatement', parameters: id },
            },
          }),
        }),
      ),
      result: { statementId: '$.looked.Id', status: '$.looked.Status' },
    };
  },
});

/** Each try of the step enters this state anew; a repeated request of the same try has the same token. */
const withToken = ({ StartAt, States }: Branch): Branch => ({
  StartAt: 'Name the try',
  States: {
    'Name the try': {
      Type: 'Pass',
      Parameters: {
        'text.$':
          "States.Hash(States.Format('{}/{}/{}', $$.Execution.Id, $.identity, $$.State.EnteredTime), 'SHA-256')",
      },
      ResultPath: '$.token',
      Next: StartAt,
    },
    ...States,
  },
});

/** Only what was given: the API takes no empty fields. */
function requestFields(given: Readonly<Record<string, unknown>>) {
  const names = {
    cluster: 'ClusterIdentifier',
    workgroup: 'WorkgroupName',
    secret: 'SecretArn',
    user: 'DbUser',
    parameters: 'Parameters',
  } as const;
  const optional = Object.entries(names).filter(([name]) => given[name] !== undefined);
  return Object.fromEntries([
    ...['Database', 'Sql', ...optional.map(([, name]) => name)].map((name) => [`${name}.$`, `$.request.${name}`]),
    ['ClientToken.$', '$.token.text'],
  ]) as Readonly<Record<string, string>>;
}

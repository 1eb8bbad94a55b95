import type { ExecutionContext } from 'ava';
import { type AwsStub, awsStub, Refused } from './aws-stub.js';

interface JobRun {
  readonly jobRunId: string;
  readonly name: string;
  readonly token: string;
  readonly request: string;
  state: string;
  stateDetails: string;
}

export interface ServerlessStub extends AwsStub {
  readonly runs: readonly JobRun[];
  /** Each page of the list names itself as the next one. */
  sameToken: boolean;
}

const PAGE = 2;

/** Job runs of EMR Serverless by what its API promises: the same token is the same run, and with another request a conflict. */
export async function serverlessStub(t: ExecutionContext): Promise<ServerlessStub> {
  const runs: JobRun[] = [];
  const liar = { sameToken: false };
  const runOf = (id: unknown): JobRun => {
    const run = runs.find(({ jobRunId }) => jobRunId === id);
    if (!run) throw new Refused('ResourceNotFoundException', `JobRun ${String(id)} does not exist`, 404);
    return run;
  };
  const actions: Readonly<Record<string, (input: Readonly<Record<string, unknown>>) => unknown>> = {
    StartJobRun: ({ clientToken, body, name }) => {
      const token = String(clientToken);
      if (!/^[A-Za-z0-9._-]{1,64}$/.test(token)) throw new Refused('ValidationException', 'clientToken');
      const same = runs.find((one) => one.token === token);
      if (same && same.request !== body) throw new Refused('ConflictException', 'The token was used before', 409);
      const run = same ?? {
        jobRunId: `00f${runs.length}`,
        name: String(name),
        token,
        request: String(body),
        state: 'SUBMITTED',
        stateDetails: '',
      };
      if (!same) runs.push(run);
      return { applicationId: '00fapp', jobRunId: run.jobRunId, arn: 'arn:x' };
    },
    ListJobRuns: ({ nextToken = 0 }) => {
      const newestFirst = [...runs].reverse();
      const end = Number(nextToken) + PAGE;
      return {
        jobRuns: newestFirst.slice(Number(nextToken), end).map(({ jobRunId, ...run }) => ({ ...run, id: jobRunId })),
        ...(end < runs.length && { nextToken: String(end) }),
        ...(liar.sameToken && { nextToken: '0' }),
      };
    },
    GetJobRun: ({ jobRunId }) => ({ jobRun: { applicationId: '00fapp', ...runOf(jobRunId) } }),
    CancelJobRun: ({ jobRunId }) => {
      runOf(jobRunId).state = 'CANCELLED';
      return { applicationId: '00fapp', jobRunId };
    },
    GetDashboardForJobRun: ({ jobRunId }) => ({ url: `https://dashboard.invalid/${runOf(jobRunId).jobRunId}` }),
  };
  const stub = await awsStub(
    t,
    ({ method = '', url = '/' }, body) => {
      const { pathname, searchParams } = new URL(url, 'http://stub');
      const [, , application, , jobRunId, part] = pathname.split('/');
      if (application !== '00fapp') return { action: 'Unknown', input: {} };
      if (method === 'POST') return { action: 'StartJobRun', input: { ...(JSON.parse(body) as object), body } };
      if (method === 'DELETE') return { action: 'CancelJobRun', input: { jobRunId } };
      if (part === 'dashboard') return { action: 'GetDashboardForJobRun', input: { jobRunId } };
      if (jobRunId !== undefined) return { action: 'GetJobRun', input: { jobRunId } };
      return { action: 'ListJobRuns', input: Object.fromEntries(searchParams) };
    },
    (action, input) => {
      const known = actions[action];
      if (!known) throw new Refused('ResourceNotFoundException', 'Application does not exist', 404);
      return known(input);
    },
  );
  return Object.assign(liar, { ...stub, runs });
}

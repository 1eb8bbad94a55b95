import test from 'ava';
import { cli, oneDocument } from '../helpers/cli.js';

interface Definition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, { readonly Parameters?: { readonly FunctionName?: string } }>>;
}

test('workflow asl prints a definition and nothing else', async (t) => {
  const { code, stdout, stderr } = await cli(['workflow', 'asl', 'run-spark-job', '--functions', 'etl-']);
  t.is(code, 0);
  t.is(stderr, '');
  const { StartAt, States } = JSON.parse(stdout) as Definition;
  t.true(StartAt in States);
  t.is(States.Submit?.Parameters?.FunctionName, 'etl-submit');
  t.true(stdout.includes('$$.Execution.RedriveCount'));
});

test('workflow asl --json is one document', async (t) => {
  const { stdout } = await cli(['workflow', 'asl', 'run-glue-job', '--glue-job', 'etl', '--timeout', '2h', '--json']);
  t.like(oneDocument(t, stdout), { kind: 'state-machine', machine: 'run-glue-job' });
  t.true(stdout.includes('"TimeoutSeconds":7200'));
});

test('retries and a timeout come into the machine', async (t) => {
  const words = ['--retry', 'NODE_LOST', '--retry', 'S3_SLOW', '--max-retries', '3', '--timeout', '90m'];
  const { stdout } = await cli(['workflow', 'asl', 'run-spark-job', ...words]);
  t.regex(stdout, /"NODE_LOST",\s+"S3_SLOW"/);
  t.regex(stdout, /"NumericGreaterThanEquals": 3/);
  t.regex(stdout, /"timeoutSeconds": 5400/);
});

for (const [what, words, said] of [
  ['a machine that is not there', ['asl', 'run-spark-jb'], /did you mean run-spark-job\?/],
  ['another action', ['draw', 'run-spark-job'], /write asl, run or synth <machine>/],
  ['a machine without what it runs', ['asl', 'run-spark-step'], /--cluster-id is missing/],
  ['a wrong error to retry', ['asl', 'run-spark-job', '--retry', 'a b'], /retry\.errors: "a b"/],
  ['a run that is not to be on this machine', ['run', 'run-spark-job', '--input', '{}'], /add --local/],
  ['a run without an input', ['run', 'run-spark-job', '--local'], /--input is missing/],
  ['an input that is no JSON', ['run', 'run-spark-job', '--local', '--input', '{x'], /--input is not JSON/],
  [
    'an input file that is not there',
    ['run', 'run-spark-job', '--local', '--input', 'x.json'],
    /there is no file x\.json/,
  ],
] as const) {
  test(`${what} is refused with exit code 2, before anything is done`, async (t) => {
    const { code, stdout, stderr } = await cli(['workflow', ...words]);
    t.is(code, 2);
    t.is(stdout, '');
    t.regex(stderr, said);
  });
}

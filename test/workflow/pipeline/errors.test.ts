import test from 'ava';
import { complaints } from '../../helpers/pipelines.js';
import { compilePipeline, PipelineError } from '../../../src/workflow/index.js';

test('everything that is wrong is told at once, each with its line, its column and what would be right', async (t) => {
  t.deepEqual(
    await complaints(`name: p
params: { date: }
steps:
  load:
    kind: lamda
  tell:
    kind: sns
    topic: 3
    mesage: hello
    needs: [lod, load]
  copy:
    kind: lambda
    function: f
    timeout: soon
    retry: { tims: 2 }
    payload: { day: '\${params.dat}', n: '\${steps.laod.x}', i: '\${item}', w: '\${what}' }
`),
    [
      'p.yaml:5:11: steps.load.kind lamda is not known; did you mean lambda?',
      'p.yaml:6:3: steps.tell.message is missing: a value',
      'p.yaml:8:12: steps.tell.topic is a number; it should be a text',
      'p.yaml:9:5: steps.tell.mesage is no field of a step of kind sns; did you mean message?',
      'p.yaml:10:13: steps.tell.needs[0] names no step: lod; did you mean load?',
      'p.yaml:14:14: steps.copy.timeout is a string; it should be a time as in 90s, 15m, 2h or 1h30m, or whole seconds',
      'p.yaml:15:5: steps.copy.retry.times is missing: a whole number, 1 or more',
      'p.yaml:15:14: steps.copy.retry.tims is no field of retry; did you mean times?',
      'p.yaml:16:21: steps.copy.payload.day refers to ${params.dat}: params has no dat; did you mean date?',
      'p.yaml:16:41: steps.copy.payload.n refers to ${steps.laod.x}: there is no step laod; did you mean load?',
      'p.yaml:16:63: steps.copy.payload.i refers to ${item}: only a step with foreach has an item and an index',
      'p.yaml:16:77: steps.copy.payload.w holds a reference that begins with none of input, params, steps, item, index, execution',
    ],
  );
});

test('a circle is told once, as who needs whom, also where it comes of references', async (t) => {
  const [first, ...more] = await complaints(`steps:
  a: { kind: lambda, function: f, needs: b }
  b: { kind: lambda, function: f, payload: '\${steps.c.payload}' }
  c: { kind: lambda, function: f, needs: [a] }
  d: { kind: lambda, function: f, needs: [a] }
`);
  t.is(first, 'p.yaml:2:3: steps.a is in a circle: a needs b needs c needs a');
  t.deepEqual(more, []);
});

const wrong: readonly (readonly [what: string, steps: string, said: RegExp])[] = [
  ['a step that needs itself', 'a: { kind: lambda, function: f, needs: a }', /needs is the step itself/],
  ['a name that is none', '"a b": { kind: lambda, function: f }', /is no name for a step/],
  [
    'two names that are one in the data',
    'a-b: { kind: lambda, function: f }\n  a_b: { kind: lambda, function: f }',
    /cannot be told from a-b/,
  ],
  [
    'a livy step without functions',
    'a: { kind: livy, job: { file: s3://x } }',
    /needs the Lambda functions of livywire/,
  ],
  [
    'a retry of a livy step without codes',
    'a: { kind: livy, retry: 2, job: { file: s3://x } }',
    /needs on: the codes of the diagnosis/,
  ],
  [
    'a misspelt field of a job',
    'a: { kind: livy, job: { file: s3://x, drivrMemory: 1g } }',
    /drivrMemory is no field of job; did you mean driverMemory\?/,
  ],
  ['an EMR step with neither job nor jar', 'a: { kind: emr-step, cluster: j-ABC }', /needs a job \(Spark\) or a jar/],
  [
    'a cluster that is no cluster',
    'a: { kind: emr-step, cluster: nightly, jar: x }',
    /is neither an id \(j-…\) nor a create-cluster step/,
  ],
  [
    'two statements for Redshift',
    'a: { kind: redshift, database: d, workgroup: w, sql: x, copy: { table: t, from: s, role: r } }',
    /exactly one of copy, unload and sql/,
  ],
  [
    'a list for foreach that is a text',
    'a: { kind: lambda, function: f, foreach: abc }',
    /foreach is a text; it should be a list/,
  ],
  ['concurrency without foreach', 'a: { kind: lambda, function: f, concurrency: 2 }', /has no meaning without foreach/],
  [
    'a raw state that says what comes next',
    'a: { task: { Type: Wait, Seconds: 1, Next: b } }',
    /cannot be given: the pipeline says what comes next/,
  ],
  [
    'a raw state of an unknown type',
    'a: { task: { Type: Tsak } }',
    /it should be one of Task, Pass, Wait, Parallel, Map/,
  ],
  [
    'the same parameter twice',
    'a: { kind: lambda, function: f, with: { FunctionName: g } }',
    /is given by a field of the step already/,
  ],
  [
    'a list that ASL cannot say',
    "a: { kind: lambda, function: f, payload: ['${input.a}', { b: '${input.b}' }] }",
    /mixes references and groups/,
  ],
  ['no YAML', 'a: { kind: [ }', /p\.yaml:2:\d+: /],
];
for (const [what, steps, said] of wrong) {
  test(`${what} is refused`, async (t) => {
    const found = await complaints(`steps:\n  ${steps}\n`);
    t.true(
      found.some((one) => said.test(one)),
      found.join('\n'),
    );
    t.regex(found[0] ?? '', /^p\.yaml:\d+:\d+: /);
  });
}

test('clusters that live neither one within the other nor apart are refused', async (t) => {
  const cluster =
    'kind: create-cluster, release: emr-7.5.0, instances: { InstanceCount: 1 }, serviceRole: r, instanceRole: i';
  const [said] = await complaints(`steps:
  c1: { ${cluster} }
  c2: { ${cluster} }
  one: { kind: emr-step, cluster: c1, jar: x }
  both: { kind: emr-step, cluster: c2, jar: x, args: ['\${steps.c1.clusterId}'] }
  end1: { kind: terminate-cluster, cluster: c1 }
  last: { kind: emr-step, cluster: c2, jar: x, needs: end1 }
`);
  t.regex(said ?? '', /steps\.c1 and c2 live neither one within the other nor apart/);
});

test('a description that was no text is complained of by paths alone', (t) => {
  const error = t.throws(() => compilePipeline({ steps: { a: { kind: 'sns' } } }), { instanceOf: PipelineError });
  t.deepEqual(
    error?.problems.map(({ path, line }) => [path, line]),
    [
      ['steps.a.topic', undefined],
      ['steps.a.message', undefined],
    ],
  );
});

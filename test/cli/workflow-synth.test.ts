/** The verb as a user types it, into a real folder, with stand-ins for the handlers' bundles. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { unzipSync } from 'fflate';
import { parse } from 'yaml';
import { cli, oneDocument, tempFolder } from '../helpers/cli.js';

const handlers = ['submit', 'status', 'cancel', 'diagnose', 'watch'];

/** A folder such as the build makes. */
async function bundles(t: ExecutionContext, text = 'export const handler = () => 1;\n'): Promise<string> {
  const folder = await tempFolder(t);
  for (const handler of handlers) {
    await mkdir(join(folder, handler, 'chunks'), { recursive: true });
    await writeFile(join(folder, handler, 'index.mjs'), text);
    await writeFile(join(folder, handler, 'chunks', 'a.mjs'), `// ${handler}\n`);
  }
  return folder;
}

const synth = (cwd: string, ...words: readonly string[]) => cli(['workflow', 'synth', ...words], { cwd });

interface Template {
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Properties: Readonly<Record<string, unknown>> }>
  >;
}
const templateIn = async (folder: string): Promise<Template> =>
  parse(await readFile(join(folder, 'template.yaml'), 'utf8'), { version: '1.1' }) as Template;

test('synth writes a template and the code beside it, and says what to type next', async (t) => {
  const [cwd, code] = [await tempFolder(t), await bundles(t)];
  const {
    code: exit,
    stdout,
    stderr,
  } = await synth(cwd, 'run-spark-job', '--cluster', 'nightly', '--bundles', code, '-o', 'deploy');
  t.is(exit, 0, stderr);
  t.regex(stdout, /^deploy\/template\.yaml\ndeploy\/functions\/submit-[0-9a-f]{16}\.zip\n/);
  t.regex(stderr, /aws s3 cp --recursive deploy\/functions s3:\/\/<CodeBucket>\/livywire\/functions/);
  t.regex(stderr, /aws cloudformation deploy .*--parameter-overrides .*VpcId=<…>.* --capabilities CAPABILITY_IAM/);
  const { Resources } = await templateIn(join(cwd, 'deploy'));
  const zips = await readdir(join(cwd, 'deploy', 'functions'));
  t.is(zips.length, 5);
  const { S3Key } = Resources.SubmitFunction?.Properties.Code as { readonly S3Key: string };
  t.true(zips.includes(S3Key.replace('livywire/functions/', '')), 'the template names the very file');
  const zip = await readFile(join(cwd, 'deploy', S3Key.replace('livywire/', '')));
  t.deepEqual(Object.keys(unzipSync(zip)).sort(), ['chunks/a.mjs', 'index.mjs']);
  t.is(S3Key, `livywire/functions/submit-${createHash('sha256').update(zip).digest('hex').slice(0, 16)}.zip`);
});

test('the same code gives the same bytes, whenever its files were written', async (t) => {
  const [cwd, one, two] = [await tempFolder(t), await bundles(t), await bundles(t)];
  for (const handler of handlers) await utimes(join(two, handler, 'index.mjs'), new Date(0), new Date(86_400_000));
  await synth(cwd, 'run-spark-job', '--bundles', one, '-o', 'one');
  await synth(cwd, 'run-spark-job', '--bundles', two, '-o', 'two');
  const names = (await readdir(join(cwd, 'one'), { recursive: true })).filter((name) => /\.\w+$/.test(name)).sort();
  t.is(names.length, 7);
  for (const name of names)
    t.deepEqual(await readFile(join(cwd, 'one', name)), await readFile(join(cwd, 'two', name)), name);
});

test('synth again replaces its own files and removes the code of before', async (t) => {
  const [cwd, one, two] = [
    await tempFolder(t),
    await bundles(t),
    await bundles(t, 'export const handler = () => 2;\n'),
  ];
  await synth(cwd, 'run-spark-job', '--bundles', one, '-o', 'd');
  const before = await readdir(join(cwd, 'd', 'functions'));
  const { code: exit } = await synth(cwd, 'run-spark-job', '--bundles', two, '-o', 'd');
  t.is(exit, 0);
  const after = await readdir(join(cwd, 'd', 'functions'));
  t.is(after.length, 5);
  t.false(after.some((name) => before.includes(name)));
});

test('what a person wrote or changed is never overwritten unless asked, and nothing else is written then', async (t) => {
  const cwd = await tempFolder(t);
  await mkdir(join(cwd, 'd'));
  await writeFile(join(cwd, 'd', 'template.yaml'), 'mine\n');
  const words = ['run-glue-job', '--glue-job', 'etl', '-o', 'd'];
  const refused = await synth(cwd, ...words);
  t.is(refused.code, 2);
  t.regex(refused.stderr, /template\.yaml was not written by livywire, or changed since; .*--force/);
  t.deepEqual(await readdir(join(cwd, 'd')), ['template.yaml']);
  t.is((await synth(cwd, ...words, '--force')).code, 0);
  t.is((await synth(cwd, ...words)).code, 0, 'now it is ours');
  await writeFile(
    join(cwd, 'd', 'template.yaml'),
    `# a note\n${await readFile(join(cwd, 'd', 'template.yaml'), 'utf8')}`,
  );
  t.is((await synth(cwd, ...words)).code, 2);
});

test('each format has its files and its next command', async (t) => {
  const [cwd, code] = [await tempFolder(t), await bundles(t)];
  for (const [format, file, next] of [
    ['--cfn', 'template.yaml', /aws cloudformation deploy/],
    ['--sam', 'template.yaml', /sam deploy .*--resolve-s3/],
    ['--terraform', 'main.tf.json', /terraform -chdir=\S+ apply/],
    ['--asl', 'machine.asl.json', /create-state-machine/],
  ] as const) {
    const out = `out${format}`;
    const { stdout, stderr, code: exit } = await synth(cwd, 'run-spark-job', format, '--bundles', code, '-o', out);
    t.is(exit, 0, stderr);
    t.true(stdout.includes(`${out}/${file}`), format);
    t.regex(stderr, next);
  }
});

test('--json says what was written, what is open and what comes next', async (t) => {
  const cwd = await tempFolder(t);
  const { stdout } = await synth(cwd, 'run-glue-job', '--glue-job', 'etl', '-o', 'd', '--json');
  t.like(oneDocument(t, stdout), { kind: 'synth', format: 'cfn', machine: 'run-glue-job', files: ['template.yaml'] });
});

test('a pipeline file is deployed under its name, with functions where it has Livy steps', async (t) => {
  const [cwd, code] = [await tempFolder(t), await bundles(t)];
  await writeFile(
    join(cwd, 'nightly.json'),
    JSON.stringify({ name: 'nightly', steps: { a: { kind: 'livy', job: { file: 's3://jobs/a.py' } } } }),
  );
  const files = { [join(cwd, 'nightly.json')]: await readFile(join(cwd, 'nightly.json'), 'utf8') };
  const words = ['workflow', 'synth', 'nightly.json', '--bundles', code, '-o', 'd', '--name-prefix', 'x-'];
  const { code: exit, stderr } = await cli(words, { cwd, files });
  t.is(exit, 0, stderr);
  const { Resources } = await templateIn(join(cwd, 'd'));
  t.is(Resources.StateMachine?.Properties.StateMachineName, 'x-nightly');
  t.true('SubmitFunction' in Resources);
});

for (const [what, words, said] of [
  ['no folder', [], /--output is missing: the folder/],
  ['two formats', ['-o', 'd', '--sam', '--terraform'], /--sam and --terraform: a template has one format/],
  ['a trigger without an input', ['-o', 'd', '--trigger', 's3://landing/sales/'], /--trigger needs --input: .*\{uri\}/],
  ['an input without a trigger', ['-o', 'd', '--input', '{}'], /--input is for --trigger or --schedule/],
  [
    'two triggers',
    ['-o', 'd', '--trigger', 's3://b', '--schedule', 'rate(1 day)', '--input', '{}'],
    /--trigger and --schedule/,
  ],
  [
    'a role of nobody',
    ['-o', 'd', '--role', 'admin=arn:aws:iam::123456789012:role/x'],
    /--role: there is no admin; there are functions, submit/,
  ],
  ['a tag without a value', ['-o', 'd', '--tag', 'team'], /--tag: "team" is not NAME=VALUE/],
  ['a subnet that is none', ['-o', 'd', '--subnet', 'subnet-1'], /--subnet: "subnet-1" is not the id of a subnet/],
  ['functions that are there', ['-o', 'd', '--functions', 'x-'], /use --name-prefix/],
  [
    'code that was not built',
    ['-o', 'd', '--bundles', '/nowhere'],
    /There is no function at \/nowhere\/submit: from sources, npm run build makes them/,
  ],
] as const) {
  test(`${what} is refused with exit code 2, before anything is written`, async (t) => {
    const cwd = await tempFolder(t);
    const { code, stdout, stderr } = await synth(cwd, 'run-spark-job', ...words);
    t.is(code, 2);
    t.is(stdout, '');
    t.regex(stderr, said);
    t.deepEqual(await readdir(cwd), []);
  });
}

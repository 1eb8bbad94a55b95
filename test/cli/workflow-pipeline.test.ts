import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { stepKinds } from '../../src/workflow/index.js';
import { cli, oneDocument, tempFolder } from '../helpers/cli.js';
import { pipelineFixture } from '../helpers/pipelines.js';

const nightly = async () => ({ files: { '/work/nightly.yaml': await pipelineFixture('nightly-sales.yaml') } });

test('workflow compile prints the machine, and says on stderr what its role needs', async (t) => {
  const { code, stdout, stderr } = await cli(['workflow', 'compile', 'nightly.yaml'], await nightly());
  t.is(code, 0);
  t.deepEqual(JSON.parse(stdout), JSON.parse(await pipelineFixture('nightly-sales.asl.json')));
  t.regex(stderr, /8 steps; the machine's role needs elasticmapreduce:AddJobFlowSteps/);
});

test('workflow compile writes nothing where anything is wrong, and says where', async (t) => {
  const folder = await tempFolder(t);
  const files = { '/work/p.yaml': 'steps:\n  a: { kind: lamda }\n  b: { kind: sns, topic: t }\n' };
  const { code, stdout, stderr } = await cli(['workflow', 'compile', 'p.yaml', '-o', join(folder, 'p.json')], {
    files,
  });
  t.is(code, 2);
  t.is(stdout, '');
  t.regex(stderr, /p\.yaml:2:14: steps\.a\.kind lamda is not known; did you mean lambda\?/);
  t.regex(stderr, /p\.yaml:3:3: steps\.b\.message is missing/);
  await t.throwsAsync(readFile(join(folder, 'p.json')), { code: 'ENOENT' });
});

test('a step that begins later than it would have to is named', async (t) => {
  const step = 'kind: lambda, function: f';
  const text = `steps:\n  a: { ${step} }\n  b: { ${step} }\n  c: { ${step}, needs: a }\n  d: { ${step}, needs: [a, b] }\n`;
  const { stderr } = await cli(['workflow', 'compile', 'p.yaml'], { files: { '/work/p.yaml': text } });
  t.regex(stderr, /c begins when b has ended too, which it does not need/);
});

test('workflow graph prints text for Mermaid, and writes an SVG where the file is called so', async (t) => {
  const machine = await nightly();
  const { stdout } = await cli(['workflow', 'graph', 'nightly.yaml'], machine);
  t.regex(stdout, /^---\ntitle: "nightly-sales"\n---\nflowchart TD\n/);
  const path = join(await tempFolder(t), 'n.svg');
  t.is((await cli(['workflow', 'graph', 'nightly.yaml', '-o', path], machine)).code, 0);
  t.regex(await readFile(path, 'utf8'), /^<svg [^]*<\/svg>\n$/);
});

test('workflow graph --json is one document, with the picture in it', async (t) => {
  const { stdout } = await cli(['workflow', 'graph', 'nightly.yaml', '--json', '--format', 'svg'], await nightly());
  t.like(oneDocument(t, stdout), { kind: 'pipeline-graph', name: 'nightly-sales', format: 'svg' });
});

test('a program may export the description, and workflow asl takes it like any machine', async (t) => {
  const path = join(await tempFolder(t), 'p.mjs');
  await writeFile(path, "export default { steps: { a: { kind: 'lambda', function: 'f' } } };\n");
  const { code, stdout } = await cli(['workflow', 'asl', path]);
  t.is(code, 0);
  t.true('a' in (JSON.parse(stdout) as { States: object }).States);
});

test('a file that is not there, and one that is no description, are named', async (t) => {
  const none = await cli(['workflow', 'graph', 'none.yaml']);
  t.is(none.code, 2);
  t.regex(none.stderr, /There is no file none\.yaml/);
  const other = await cli(['workflow', 'graph', 'notes.txt']);
  t.is(other.code, 2);
  t.regex(other.stderr, /described in YAML/);
});

test('docs/pipelines.md has a row for each kind of step', async (t) => {
  const page = await readFile(new URL('../../docs/pipelines.md', import.meta.url), 'utf8');
  for (const kind of Object.keys(stepKinds)) t.true(page.includes(`| \`${kind === 'task' ? 'task:' : kind}\` |`), kind);
});

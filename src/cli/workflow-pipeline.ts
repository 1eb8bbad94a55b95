import { extname } from 'node:path';
import { drawPipeline, type ExecutionPicture } from '../app/index.js';
import type { Args, Context } from './define.js';
import { exitCodes } from './exit-code.js';
import type { OptionTable } from './option-spec.js';
import { compileFile } from './pipeline-file.js';
import { plain } from './show.js';
import { writeNamed } from './write-named.js';

const formats = ['mermaid', 'svg'] as const;
type Format = (typeof formats)[number];

export const pipelineOptions = {
  output: {
    type: 'string',
    alias: 'o',
    describe: 'File to write to (default: stdout); of synth the folder',
    group: 'compile, graph',
  },
  format: {
    type: 'string',
    choices: formats,
    describe: 'Text for Mermaid, or an SVG (default: what --output ends with, else mermaid)',
    group: 'graph',
  },
  execution: {
    type: 'string',
    describe: 'ARN of an execution: each step with its state, times, retries and diagnosis',
    group: 'graph',
  },
} as const satisfies OptionTable;

type PipelineArgs = Args<typeof pipelineOptions> & { readonly functions: string | undefined };

/** A file, or stdout. */
async function put(text: string, output: string | undefined, { io, out }: Context): Promise<void> {
  if (output === undefined || output === '-') {
    if (!out.options.json) out.raw(text);
    return;
  }
  await writeNamed('--output', output, text, io.cwd);
  out.result(plain(output));
}

/** `workflow compile`: the machine of a description. */
export async function compilePipelineFile(file: string, args: PipelineArgs, context: Context): Promise<number> {
  const { out } = context;
  const { name, definition, steps, late, permissions } = await compileFile(file, { prefix: args.functions }, context);
  await put(`${JSON.stringify(definition, undefined, 2)}\n`, args.output, context);
  out.note(`${name}: ${steps.length} steps; the machine's role needs ${permissions.join(', ')}`);
  for (const { step, alsoWaitsFor } of late)
    out.note(`${step} begins when ${alsoWaitsFor.join(', ')} has ended too, which it does not need`);
  out.document({ v: 1, kind: 'pipeline', name, definition, steps, late, permissions });
  return exitCodes.succeeded;
}

const formatOf = ({ format, output }: PipelineArgs): Format =>
  format ?? (output !== undefined && extname(output) === '.svg' ? 'svg' : 'mermaid');

/** `workflow graph`: a picture of a description, or of an execution of it. */
export async function graphPipelineFile(file: string, args: PipelineArgs, context: Context): Promise<number> {
  const { out, io, signal } = context;
  const { name, steps } = await compileFile(file, { prefix: args.functions }, context);
  const format = formatOf(args);
  const drawn: ExecutionPicture = await drawPipeline(
    { name, steps, format, nowMs: io.clock.now() },
    args.execution === undefined ? undefined : { arn: args.execution, settings: await context.settings(), signal },
  );
  await put(drawn.text, args.output, context);
  for (const one of drawn.steps)
    if (one.view?.error !== undefined)
      out.note(`${one.name} ${one.view.state}: ${[one.view.error, one.view.cause ?? ''].join(' ').trim()}`);
  out.document({ v: 1, kind: 'pipeline-graph', name, format, graph: drawn.text, ...drawn.document });
  return exitCodes.succeeded;
}

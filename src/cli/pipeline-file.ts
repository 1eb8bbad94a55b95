import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadWorkflow, readPipelineText } from '../app/index.js';
import { ConfigError } from '../core/index.js';
import type { Context } from './define.js';
import { handlerNames } from './handler-names.js';

type Workflow = Awaited<ReturnType<typeof loadWorkflow>>;
type Compiled = ReturnType<Workflow['compilePipeline']>;
type Wishes = Parameters<Workflow['compilePipeline']>[1];

const texts = ['.yaml', '.yml', '.json'];
const programs = ['.js', '.mjs', '.ts', '.mts'];

/** Whether a word is the name of a file that describes a pipeline. */
export const isPipelineFile = (word: string): boolean => [...texts, ...programs].includes(extname(word));

const nameOf = (path: string): string => path.replace(/^.*[\\/]/, '').replace(/\.[^.]*$/, '');

/** Reads a description and makes the machine. @throws PipelineError, ConfigError */
export async function compileFile(
  path: string,
  { prefix }: { readonly prefix?: string | undefined },
  context: Pick<Context, 'io' | 'readFile'>,
): Promise<Compiled> {
  if (!isPipelineFile(path))
    throw new ConfigError(
      `${path}: a pipeline is described in YAML (${texts.join(', ')}) or by a program (${programs.join(', ')})`,
      { field: '<file>' },
    );
  const { compilePipeline } = await loadWorkflow();
  const wishes: Wishes = {
    source: path,
    name: nameOf(path),
    functions: handlerNames(prefix),
  };
  if (programs.includes(extname(path))) return compilePipeline(await exported(path, context), wishes);
  const text = await context.readFile(resolve(context.io.cwd, path));
  if (text === undefined) throw new ConfigError(`There is no file ${path}`, { field: '<file>' });
  const { description, locate } = await readPipelineText(text, path);
  return compilePipeline(description, { ...wishes, locate });
}

/** What a program exports by default. Node reads TypeScript itself from 22.18 on. */
async function exported(path: string, { io }: Pick<Context, 'io'>): Promise<Readonly<Record<string, unknown>>> {
  const file = pathToFileURL(resolve(io.cwd, path)).href;
  let loaded: { readonly default?: unknown };
  try {
    loaded = (await import(file)) as typeof loaded;
  } catch (error) {
    const isUnknown = (error as { readonly code?: unknown } | null)?.code === 'ERR_UNKNOWN_FILE_EXTENSION';
    const why = error instanceof Error ? error.message : String(error);
    const hint = isUnknown ? '; Node reads TypeScript from 22.18 on: run livywire with that, or give JavaScript' : '';
    throw new ConfigError(`${path} cannot be loaded: ${why}${hint}`, { field: '<file>', cause: error });
  }
  if (typeof loaded.default !== 'object' || loaded.default === null)
    throw new ConfigError(`${path} exports no description: write export default { steps: { … } }`, { field: '<file>' });
  return loaded.default as Readonly<Record<string, unknown>>;
}

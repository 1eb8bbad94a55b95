import { readFile } from 'node:fs/promises';
import { readPipelineText } from '../../src/app/index.js';
import { type CompiledPipeline, compilePipeline, PipelineError } from '../../src/workflow/index.js';

const folder = new URL('../fixtures/pipelines/', import.meta.url);

export const pipelineFixture = (name: string): Promise<string> => readFile(new URL(name, folder), 'utf8');

/** As the command line does it: the text read, its description compiled. */
export async function compileText(text: string): Promise<CompiledPipeline> {
  const { description, locate } = await readPipelineText(text, 'p.yaml');
  return compilePipeline(description, { source: 'p.yaml', locate });
}

/** What is wrong with a text, a line each. */
export async function complaints(text: string): Promise<readonly string[]> {
  try {
    await compileText(text);
    return [];
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
    return error.message.split('\n');
  }
}

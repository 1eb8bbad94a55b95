import process from 'node:process';
import { execa } from 'execa';
import type { DeployOptions } from '../../src/local/index.js';

/** The Node that runs the functions, where a proof names one in LIVYWIRE_FUNCTIONS_NODE. */
export async function functionsNode(): Promise<Pick<DeployOptions, 'node'>> {
  const path = process.env.LIVYWIRE_FUNCTIONS_NODE ?? '';
  if (path === '') return {};
  const { stdout: version } = await execa(path, ['--version']);
  return { node: { path, version } };
}

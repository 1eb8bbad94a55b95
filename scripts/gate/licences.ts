/** Which packages a bundle swallowed, and the licence texts that must travel with them. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { z } from 'zod';
import { root } from './project.js';

interface InlinedPackage {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly texts: readonly string[];
}

const PackageJson = z.object({ name: z.string(), version: z.string(), license: z.string().optional() });

/** The folder of the innermost package that a bundled file belongs to; `undefined` for our own files. */
function packageFolder(input: string): string | undefined {
  return /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
}

async function describe(folder: string): Promise<InlinedPackage> {
  const { name, version, license } = PackageJson.parse(
    JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8')),
  );
  const files = (await readdir(join(root, folder))).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(root, folder, file), 'utf8')));
  if (license === undefined && texts.length === 0)
    throw new Error(`${name}@${version} is inlined but names no licence`);
  return { name, version, licence: license ?? 'see below', texts: texts.map((text) => text.trim()) };
}

/** Every package of which at least one byte ended up in the bundle, by name. */
export async function inlinedPackages(metafile: Metafile): Promise<readonly InlinedPackage[]> {
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
  const folders = new Set(
    inputs.flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? (packageFolder(path) ?? []) : [])),
  );
  const packages = await Promise.all([...folders].map(describe));
  const order = new Intl.Collator('en');
  return packages.sort((a, b) => order.compare(a.name, b.name) || order.compare(a.version, b.version));
}

/** @param what for people: `The livywire command line` */
export function licenceText(what: string, packages: readonly InlinedPackage[]): string {
  const head = `${what} contains parts of the following packages, under their own licences.`;
  const entries = packages.map(({ name, version, licence, texts }) =>
    [`${name} ${version} (${licence})`, ...texts].join('\n\n'),
  );
  return `${[head, ...entries].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CaseMode } from '../../test/integration/failing/case.js';
import { root } from '../gate/project.js';
import { bounded } from './sanitise.js';

/** What a run left behind, as it was. Absent: there is no such thing in that mode. */
export interface Remains {
  readonly stdout?: string;
  readonly stderr?: string;
  /** YARN's diagnostics. */
  readonly yarn?: string;
  /** What Livy keeps of spark-submit, or its refusal. */
  readonly livy?: string;
}

/** What `meta.json` holds. */
export interface Meta {
  readonly case: string;
  /** The expected code; `null`: it succeeded, and nothing may be said. */
  readonly code: string | null;
  readonly kind: 'failed' | 'cancelled' | 'refused' | 'succeeded';
  readonly spark: string;
  readonly mode: CaseMode;
  /** Of spark-submit, in local mode. */
  readonly exitCode?: number;
  /** YARN's. */
  readonly state?: string;
  readonly finalStatus?: string;
  readonly attempts?: number;
  readonly livyState?: string;
  /** Of the POST, where it was refused. */
  readonly httpStatus?: number;
  readonly date: string;
  readonly command: string;
}

const fileNames = { stdout: 'stdout.log', stderr: 'stderr.log', yarn: 'yarn.txt', livy: 'livy.log' } as const; // prettier-ignore

export function folderOf({ spark, ...meta }: Pick<Meta, 'case' | 'mode' | 'spark'>): string {
  const minor = spark.split('.').slice(0, 2).join('.');
  return join(root, 'test/fixtures/failures', minor, `${meta.case}-${meta.mode}`);
}

/** Writes `test/fixtures/failures/<Spark minor>/<case>-<mode>`, in place of an earlier recording. */
export async function writeFixture(meta: Meta, remains: Remains, sanitise: (text: string) => string): Promise<void> {
  const folder = folderOf(meta);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const [part, name] of Object.entries(fileNames) as [keyof Remains, string][]) {
    const text = remains[part];
    if (text !== undefined && text !== '') await writeFile(join(folder, name), sanitise(bounded(text)));
  }
  await writeFile(join(folder, 'meta.json'), `${sanitise(JSON.stringify(meta, undefined, 2))}\n`);
}

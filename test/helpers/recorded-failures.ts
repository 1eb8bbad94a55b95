import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DiagnosisLine, RunState } from '../../src/core/index.js';
import type { Facts } from '../../src/diagnosis/index.js';

/** What a recorded run left behind, and what must be said of it. */
export interface Recorded {
  /** Its folder below the set's: `3.5/python-plain-local`. */
  readonly name: string;
  /** `null`: it succeeded, and nothing may be said. */
  readonly code: string | null;
  /** Other codes that are as honest. */
  readonly also: readonly string[];
  readonly facts: Facts;
}

interface Meta {
  readonly code?: string | null;
  readonly expected?: string | null;
  readonly also?: readonly string[];
  readonly kind?: string;
  readonly exitCode?: number;
  readonly state?: string;
  readonly finalStatus?: string;
}

const STATES: Readonly<Record<string, RunState>> = { failed: 'failed', refused: 'failed', cancelled: 'cancelled' };

/** Lines with their numbers, as a file has them. */
const linesOf = (text: string, source: string): DiagnosisLine[] =>
  text
    .replace(/\n$/, '')
    .split('\n')
    .map((line, i) => ({ source, line: i + 1, text: line }));

const NOTHING: readonly unknown[] = [null, undefined, '', 'NONE', 'SUCCESS', 'SUCCEEDED'];

export function readRecorded(set: string, name: string): Recorded {
  const folder = join(set, name);
  const meta = JSON.parse(readFileSync(join(folder, 'meta.json'), 'utf8')) as Meta;
  const read = (file: string, source: string): DiagnosisLine[] =>
    existsSync(join(folder, file)) ? linesOf(readFileSync(join(folder, file), 'utf8'), source) : [];
  const driver = [...read('stdout.log', 'stdout'), ...read('stderr.log', 'stderr')];
  // What Livy keeps is read where the driver's own log is not to be had.
  const lines = [...(driver.length > 0 ? driver : read('livy.log', 'livy')), ...read('yarn.txt', 'yarn')];
  const code = meta.code ?? meta.expected;
  const expected = NOTHING.includes(code) ? null : (code ?? null);
  // Of a success it is not said how it ended: the log alone must show that there is nothing to explain.
  const state = expected === null ? 'unknown' : (STATES[meta.kind ?? 'failed'] ?? 'failed');
  return {
    name,
    code: expected,
    also: meta.also ?? [],
    facts: {
      status: { raw: meta.state ?? (state === 'unknown' ? 'unknown' : 'dead'), state },
      lines,
      ...(meta.exitCode !== undefined && expected !== null && { exitCode: meta.exitCode }),
    },
  };
}

/** Every folder below with a `meta.json`. */
export function recordedIn(set: string): readonly string[] {
  if (!existsSync(set)) return [];
  return readdirSync(set, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('meta.json'))
    .map((path) => path.slice(0, -'/meta.json'.length))
    .sort();
}

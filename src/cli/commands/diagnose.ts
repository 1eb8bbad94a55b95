import { resolve } from 'node:path';
import { loadDiagnosis } from '../../app/index.js';
import { ConfigError, type Diagnosis, type DiagnosisLine, isFinal } from '../../core/index.js';
import { defineCommand, type Context } from '../define.js';
import { exitCodes } from '../exit-code.js';
import { openRun } from '../open-run.js';
import { connectionOptions, outputOptions } from '../options.js';
import { diagnosisLines, idsOf, paintState, plain, stateWords } from '../show.js';

const STDIN = '-';

export const diagnoseCommand = defineCommand({
  name: 'diagnose',
  positionals: '<run> | <file>… | -',
  describe: 'Say why a run failed: from its log and YARN as they are now, or from log files.',
  details: [
    '',
    '<run> is a key, a Livy name (livywire-…-a1), livy:<batch id> or application_…; a word that names a file (no folder) here is a file.',
    "Files are a driver's stdout and stderr, .gz too, as EMR writes them to S3; - reads one log, or what yarn logs prints.",
    '',
    'Exit codes: 0 it has an answer (also that the run succeeded), 6 nothing says why (UNKNOWN) or how it ended,',
    '4 the run has not ended yet, 2 and 3 as everywhere. livywire explain <CODE> says what a code means.',
  ],
  examples: [
    ['livywire diagnose sales/2026-11-01', ''],
    ['livywire diagnose stdout.gz stderr.gz', 'what EMR left in S3'],
    ['yarn logs -applicationId application_… | livywire diagnose -', ''],
    ['livywire diagnose --json sales/2026-11-01 | jq -r .diagnosis.code', 'for scripts'],
  ],
  options: { ...connectionOptions, ...outputOptions },
  words: { min: 1, max: 20 },
  async run(args, context) {
    const { io } = context;
    const [first = ''] = args.rest;
    const files = new Set<string>();
    for (const word of args.rest) if (word === STDIN || (await isLog(resolve(io.cwd, word), context))) files.add(word);
    if (args.rest.every((word) => files.has(word))) return ofFiles(args.rest, context);
    if (args.rest.length === 1) return ofRun(first, context);
    const missing = args.rest.find((word) => !files.has(word)) ?? first;
    throw new ConfigError(`${plain(missing)} is no file; several words are log files of one run`, { field: missing });
  },
});

/** The rules are loaded where a file of that name is there at all. */
const isLog = async (path: string, { io }: Context): Promise<boolean> =>
  io.exists(path) && (await loadDiagnosis()).isFile(path);

async function ofFiles(paths: readonly string[], { io, out }: Context): Promise<number> {
  const { diagnose, hasSucceeded, logLines, readLogFile } = await loadDiagnosis();
  const lines: DiagnosisLine[] = [];
  for (const path of paths) {
    const read = path === STDIN ? await logLines(stdinOf(io), 'stdin') : await readLogFile(resolve(io.cwd, path));
    for (const line of read) lines.push(line);
  }
  const facts = { status: { raw: 'unknown', state: 'unknown' }, lines } as const;
  if (hasSucceeded(facts)) {
    out.result('It succeeded, by its own log: there is nothing to explain');
    out.document({ v: 1, kind: 'diagnosis', files: paths, state: 'succeeded' });
    return exitCodes.succeeded;
  }
  const diagnosis = diagnose(facts);
  out.result(...diagnosisLines(diagnosis, out.paint));
  out.document({ v: 1, kind: 'diagnosis', files: paths, diagnosis });
  return codeOf(diagnosis);
}

/** As it comes: what `yarn logs` prints may be longer than memory. */
async function* stdinOf(io: Context['io']): AsyncGenerator<Uint8Array | string, void> {
  if (io.stdin.stream) yield* io.stdin.stream as AsyncIterable<Uint8Array>;
  else yield await io.readStdin();
}

async function ofRun(word: string, context: Context): Promise<number> {
  const { out, signal } = context;
  const { run } = await openRun(word, context, signal);
  const { status, diagnosis } = await run.diagnose({ signal });
  const head = [paintState(status.state, stateWords(status), out.paint), plain(run.ref.key), ...idsOf(run.ref)];
  out.result(head.join('  '), ...(diagnosis ? diagnosisLines(diagnosis, out.paint) : []));
  out.document({ v: 1, kind: 'diagnosis', ref: run.ref, state: status.state, ...(diagnosis && { diagnosis }) });
  if (diagnosis) return codeOf(diagnosis);
  if (isFinal(status)) return exitCodes.succeeded;
  return status.raw === 'lost' ? exitCodes.lost : exitCodes.stillRunning;
}

/** An answer, or that nobody knows. */
const codeOf = ({ code }: Diagnosis): number => (code === 'UNKNOWN' ? exitCodes.lost : exitCodes.succeeded);

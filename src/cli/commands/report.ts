import { constants, copyFile, link, rename, rm, stat, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { loadReport, type RunReport } from '../../app/index.js';
import { ConfigError } from '../../core/index.js';
import { defineCommand, type Context } from '../define.js';
import { exitCodes } from '../exit-code.js';
import { openRun } from '../open-run.js';
import { connectionOptions, countOf, outputOptions } from '../options.js';
import { plain } from '../show.js';

const DEFAULT_LOG_LINES = 5_000;

/** A file name that any system takes, and that says which run it is of. */
function fileName(title: string): string {
  const safe = title.replaceAll(/[^\p{L}\p{N}._=@-]+/gu, '_').replace(/^[._-]+/, '');
  return `livywire-report-${safe.slice(0, 120) || 'run'}.html`;
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

const inTheWay = (path: string): ConfigError =>
  new ConfigError(`${path} is there already; give another name (-o), or --force to replace it`, { field: '--output' });

/** A page holds log lines: who else may read them, its owner says. */
const FOR_OWNER = 0o600;

/** Some file systems (FAT, shares, mounts of containers) know no hard links. */
async function withoutLinks(error: NodeJS.ErrnoException, part: string, path: string): Promise<void> {
  if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(error.code ?? '')) throw error;
  await copyFile(part, path, constants.COPYFILE_EXCL);
}

/** Whole or not at all: a reader never finds half a page, and what was there is replaced only with `force`. */
async function write(path: string, text: string, force: boolean): Promise<void> {
  const part = `${path}.${Date.now().toString(36)}.part`;
  try {
    await writeFile(part, text, { flag: 'wx', mode: FOR_OWNER });
    if (force) await rename(part, path);
    else await link(part, path).catch((error: NodeJS.ErrnoException) => withoutLinks(error, part, path));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw inTheWay(path);
    throw new ConfigError(`${path} cannot be written (${code ?? 'error'})`, { field: '--output', cause: error });
  } finally {
    await rm(part, { force: true });
  }
}

export const reportCommand = defineCommand({
  name: 'report',
  positionals: '[<run>]',
  describe: 'Write a picture of a run: one HTML file with outcome, stages, executors and log that needs no server.',
  details: [
    '',
    '<run> is a key, a Livy name (livywire-…-a1), livy:<batch id> or application_…; with --event-log it can be left out.',
    'The file is livywire-report-<run>.html in this folder unless -o names another; -o - writes it to stdout.',
    'A file that is there already is replaced only with --force.',
    'With --json the data of the report is printed, and a file is written only where -o names one.',
  ],
  examples: [
    ['livywire report sales/2026-11-01', 'livywire-report-sales_2026-11-01.html'],
    ['livywire report -o run.html application_1795397285523_0006', ''],
    ['livywire report --event-log ./application_1795397285523_0006_1', 'when no server is left'],
    ['livywire report --json sales/2026-11-01 | jq .spark.stages', 'for scripts'],
  ],
  options: {
    output: { type: 'string', alias: 'o', describe: 'Where to write it; - is stdout', group: 'Report' },
    force: { type: 'boolean', describe: 'Replace a file that is there already', group: 'Report' },
    'event-log': {
      type: 'string',
      describe: "Read jobs and stages from this event log of Spark's (a file, or the folder of a rolled one)",
      group: 'Report',
    },
    'log-lines': {
      type: 'string',
      describe: `So many last lines of each stream of the log; 0 for none (default ${DEFAULT_LOG_LINES})`,
      group: 'Report',
    },
    ...connectionOptions,
    ...outputOptions,
  },
  words: { min: 0, max: 1 },
  async run(args, context) {
    const { io, out } = context;
    const { output, json } = args;
    const logTail = countOf(args['log-lines'], '--log-lines') ?? DEFAULT_LOG_LINES;
    if (output === '-' && json) {
      throw new ConfigError('-o - and --json both want stdout; give -o a file', { field: '--output' });
    }
    const pathOf = (title: string): string | undefined => {
      const name = output ?? (json ? undefined : fileName(title));
      return name === undefined || name === '-' ? name : resolve(io.cwd, name);
    };
    const run = args.rest[0];
    // Before servers are asked for what could not be kept.
    const known = output ?? run;
    const early = known === undefined ? undefined : pathOf(known);
    if (early !== undefined && early !== '-' && !args.force && (await isThere(early))) throw inTheWay(early);

    const { renderPage } = await loadReport();
    const report = await gathered(run, { eventLog: absolute(args['event-log'], io.cwd), logTail }, context);
    const path = pathOf(run ?? report.title);
    if (path === '-') io.stdout.write(await renderPage(report));
    else if (path !== undefined) {
      await write(path, await renderPage(report), args.force);
      out.result(plain(path));
    }
    for (const one of report.missing) out.note(`not in the report: ${one}`);
    out.document(report);
    return exitCodes.succeeded;
  },
});

const absolute = (path: string | undefined, cwd: string): string | undefined =>
  path === undefined ? undefined : resolve(cwd, path);

async function gathered(
  name: string | undefined,
  { eventLog, logTail }: { readonly eventLog: string | undefined; readonly logTail: number },
  context: Context,
): Promise<RunReport> {
  const { signal, io } = context;
  const { gatherReport, reportOfEventLog } = await loadReport();
  const now = io.clock.now();
  if (name === undefined) {
    if (eventLog !== undefined) return reportOfEventLog(eventLog, { now, signal });
    throw new ConfigError('Of which run? Give a key, an application id, or an --event-log', { field: '<run>' });
  }
  // A watcher tells no links, and a report asks everybody anyhow.
  const { run, settings } = await openRun(name, context, signal, { believeWatcher: false });
  return gatherReport(run, {
    settings,
    now,
    logTail,
    withSpark: true,
    signal,
    ...(eventLog !== undefined && { eventLog }),
  });
}

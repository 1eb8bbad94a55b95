import { loadReport, type RunReport } from '../../app/index.js';
import { defineCommand } from '../define.js';
import { exitCodes } from '../exit-code.js';
import { nextCommands } from '../next-commands.js';
import { openRun } from '../open-run.js';
import { connectionOptions, outputOptions } from '../options.js';
import { age, idsOf, outcomeLines, paintState, plain, since } from '../show.js';
import type { Terminal } from '../terminal.js';

type Paint = Terminal['paint'];

const section = (title: string, lines: readonly string[], paint: Paint): string[] =>
  lines.length === 0 ? [] : ['', paint.bold(title), ...lines.map((line) => `  ${line}`)];

/** How it stands: the outcome with its proof, else the last reading, else what the ledger has. */
function standing({ outcome, status, attempts, title, ref }: RunReport, now: number, paint: Paint): string[] {
  if (outcome) return outcomeLines(outcome, paint, outcome.usage?.runMs === undefined);
  const ids = ref
    ? idsOf(ref)
        .map((id) => `  ${id}`)
        .join('')
    : '';
  if (status) {
    const waiting = status.waiting?.summary;
    const never = status.waiting?.never;
    return [
      `${paintState(status.state, status.state, paint)}  ${plain(title)}  (${status.source}: ${plain(status.raw)})${ids}`,
      ...(waiting === undefined ? [] : [`  ${plain(waiting)}`]),
      ...(never === undefined ? [] : [`  ${paint.yellow(plain(never))}`]),
      ...(waiting === undefined && status.message ? [`  ${plain(status.message)}`] : []),
    ];
  }
  const last = attempts.at(-1);
  return [
    `${paintState('unknown', 'unknown', paint)}  ${plain(title)}  no server could be asked how it is now`,
    ...(last
      ? [
          `  the ledger has it as ${last.phase === 'claimed' ? 'not sent' : last.phase}, submitted ${since(last.createdAt, now)} ago${ids}`,
        ]
      : []),
  ];
}

function times({ ref, outcome, app, status }: RunReport, now: number): string[] {
  const usage = outcome?.usage ?? app?.usage;
  const line = (name: string, value: string | undefined): string[] => (value === undefined ? [] : [`${name} ${value}`]);
  const ms = (value: number | undefined): string | undefined => (value === undefined ? undefined : age(value));
  const clock = (value: number | undefined): string | undefined =>
    value === undefined || value === 0 ? undefined : new Date(value).toISOString().replace(/\.\d+Z$/, 'Z');
  const hasEnded = outcome !== undefined;
  return [
    ...(ref && ref.attempt > 0 ? [`submitted ${ref.createdAt} (${since(ref.createdAt, now)} ago)`] : []),
    ...line('accepted by YARN', clock(app?.startedMs)),
    ...line('ended', clock(app?.finishedMs)),
    ...line('waited in the queue', ms(usage?.queueMs) ?? (hasEnded ? undefined : ms(status?.waiting?.waitedMs))),
    ...line(hasEnded ? 'took' : 'running for', ms(usage?.runMs)),
    ...(!usage?.memoryMbSeconds ? [] : [`used ${usage.memoryMbSeconds} MB-seconds of memory`]),
    ...(!usage?.vcoreSeconds ? [] : [`used ${usage.vcoreSeconds} vcore-seconds`]),
  ];
}

function links({ outcome, status }: RunReport): string[] {
  const known = { ...status?.links, ...outcome?.links };
  return [
    ['driver log', known.driverLog],
    ['Spark UI', known.sparkUi],
    ['history', known.history],
  ].flatMap(([name, url]) => (url === undefined ? [] : [`${name}: ${plain(url)}`]));
}

/** Of a lost run the evidence is its outcome, and stands there already. */
const asked = ({ outcome }: RunReport): string[] =>
  outcome === undefined || outcome.kind === 'lost' || outcome.kind === 'succeeded'
    ? []
    : outcome.evidence.map(({ source, asked, answer, at }) => `${at}  ${source}  ${plain(asked)}: ${plain(answer)}`);

function others({ attempts, ref }: RunReport): string[] {
  if (attempts.length < 2) return [];
  return attempts.map(({ attempt, outcome, phase, appId, note }) =>
    [
      `attempt ${attempt}${attempt === ref?.attempt ? ' (this one)' : ''}`,
      outcome ?? phase,
      ...(appId === undefined ? [] : [plain(appId)]),
      ...(note === undefined ? [] : [plain(note)]),
    ].join('  '),
  );
}

export const explainRunCommand = defineCommand({
  name: 'explain-run',
  positionals: '<run>',
  describe: 'Say how a run stands and why: outcome, proof, times, links, and what to type next.',
  details: [
    '',
    '<run> is a key, a Livy name (livywire-…-a1), livy:<batch id> or application_…',
    'Servers that do not answer are named, and the ledger says what it still knows.',
  ],
  examples: [
    ['livywire explain-run sales/2026-11-01', ''],
    ['livywire explain-run --json sales/2026-11-01 | jq -r ".next[0].command"', 'for scripts'],
  ],
  options: { ...connectionOptions, ...outputOptions },
  words: { min: 1, max: 1 },
  async run(args, context) {
    const { io, out, signal } = context;
    const { run, settings } = await openRun(args.rest[0] ?? '', context, signal, { believeWatcher: false });
    const { gatherReport } = await loadReport();
    const now = io.clock.now();
    const report = await gatherReport(run, { settings, now, signal });
    const next = nextCommands(report, settings);
    const { paint } = out;
    out.result(
      ...standing(report, now, paint),
      ...section('When', times(report, now), paint),
      ...section('Where to look', links(report), paint),
      ...section('Who was asked', asked(report), paint),
      ...section('Attempts', others(report), paint),
      ...section('Not known', report.missing.map(plain), paint),
      ...section(
        'Next',
        next.flatMap(({ command, why }) => [paint.dim(`# ${why}`), command]),
        paint,
      ),
    );
    out.document({ ...report, kind: 'explanation-of-run', next });
    return exitCodes.succeeded;
  },
});

import type { Run } from '../../app/index.js';
import type { RunStatus } from '../../core/index.js';
import { defineCommand } from '../define.js';
import { exitCodes } from '../exit-code.js';
import { openRun } from '../open-run.js';
import { connectionOptions, outputOptions } from '../options.js';
import { idsOf, paintState, plain, since, stateWords } from '../show.js';
import type { Terminal } from '../terminal.js';

function codeOfStatus({ state, raw }: RunStatus): number {
  switch (state) {
    case 'succeeded':
      return exitCodes.succeeded;
    case 'failed':
      return exitCodes.failed;
    case 'cancelled':
      return exitCodes.cancelled;
    case 'unknown':
      return raw === 'lost' ? exitCodes.lost : exitCodes.stillRunning;
    case 'waiting':
    case 'running':
      return exitCodes.stillRunning;
  }
}

function lines(status: RunStatus, { ref }: Run, now: number, paint: Terminal['paint']): string[] {
  const ids = idsOf({
    ...ref,
    ...(status.id !== undefined && { id: status.id }),
    ...(status.appId !== undefined && { appId: status.appId }),
  });
  const link = (name: string, url: string | undefined): string[] =>
    url === undefined ? [] : [`  ${name}: ${plain(url)}`];
  return [
    [
      paintState(status.state, stateWords(status), paint),
      plain(ref.key),
      ...(ref.attempt > 1 ? [`attempt ${ref.attempt}`] : []),
      `submitted ${since(ref.createdAt, now)} ago`,
      ...ids,
    ].join('  '),
    ...(status.message === undefined || status.message === '' ? [] : [`  ${plain(status.message)}`]),
    ...(status.waiting === undefined ? [] : [`  ${plain(status.waiting.summary)}`]),
    ...link('Spark UI', status.links.sparkUi),
    ...link('driver log', status.links.driverLog),
    ...link('history', status.links.history),
  ];
}

export const statusCommand = defineCommand({
  name: 'status',
  positionals: '<run>',
  describe: 'Show how a run is doing: one reading.',
  details: ['', '<run> is a key, a Livy name (livywire-…-a1), livy:<batch id> or application_…'],
  examples: [
    ['livywire status sales/2026-11-01', ''],
    [
      'livywire status --exit-code sales/2026-11-01',
      'for scripts: 0 succeeded, 1 failed, 4 still running, 5 cancelled, 6 lost',
    ],
  ],
  options: {
    'exit-code': { type: 'boolean', describe: 'Exit with the state of the run, as run and wait do', group: 'Output' },
    ...connectionOptions,
    ...outputOptions,
  },
  words: { min: 1, max: 1 },
  async run(args, context) {
    const { out, io, signal } = context;
    const { run } = await openRun(args.rest[0] ?? '', context, signal);
    const status = await run.status({ signal });
    out.result(...lines(status, run, io.clock.now(), out.paint));
    out.document({ v: 1, kind: 'status', ref: run.ref, status });
    return args['exit-code'] ? codeOfStatus(status) : exitCodes.succeeded;
  },
});

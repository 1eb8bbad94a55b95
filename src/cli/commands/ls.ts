import { loadOurNames, openLedger, parseDuration } from '../../app/index.js';
import { ConfigError, type RunRecord, type RunSummary, summaryOf } from '../../core/index.js';
import { defineCommand } from '../define.js';
import { exitCodes } from '../exit-code.js';
import { countOf, ledgerOptions, outputOptions } from '../options.js';
import { idWord, lastOf, paintState, plain, recordState, since, table } from '../show.js';

const DEFAULT_LIMIT = 50;

/** `2h` ago, or a date. @throws ConfigError */
function sinceDate(text: string, now: number): Date {
  if (/^\d{4}-\d{2}-\d{2}/.test(text)) {
    const date = new Date(text);
    if (!Number.isNaN(date.getTime())) return date;
    throw new ConfigError(`--since: ${JSON.stringify(text)} is not a date; write 24h, or 2026-11-01`, {
      field: '--since',
    });
  }
  return new Date(now - parseDuration(text, '--since'));
}

function summary(record: RunRecord): Record<string, unknown> {
  const attempt = lastOf(record);
  return {
    key: record.key,
    ...(record.spec.name !== undefined && { label: record.spec.name }),
    file: record.spec.file,
    createdAt: record.createdAt,
    updatedAt: record.updatedAt,
    ...(attempt && {
      attempt: attempt.attempt,
      state: recordState(attempt),
      ...(attempt.by && { by: attempt.by }),
      endpoint: attempt.endpoint,
      name: attempt.name,
      ...(attempt.id !== undefined && { id: attempt.id }),
      ...(attempt.appId !== undefined && { appId: attempt.appId }),
    }),
  };
}

/** The end of an ARN, which is the part that tells people apart: `data-eng/alice`. */
const shortWho = (who: string): string => (who.startsWith('arn:') ? who.replace(/^arn:(?:[^:]*:){4}/, '') : who);

/** Whether a run is of the person meant: any of our own names for `me`, else what was typed is a part of it. */
const madeBy = (by: string, us: readonly string[]) => (who: string | undefined) =>
  who !== undefined && (by === 'me' ? us.includes(who) : who.toLowerCase().includes(by.toLowerCase()));

/** Of one that is being submitted right now, no list knows more. */
const stateWord = (state: string): string => ({ posting: 'submitting', claimed: 'not sent' })[state] ?? state;

const silent = { debug: () => undefined, info: () => undefined };

export const lsCommand = defineCommand({
  name: 'ls',
  positionals: '',
  describe: 'List the runs of the ledger, newest first. Asks no server: states are as they were last seen.',
  examples: [
    ['livywire ls', ''],
    ['livywire ls --ledger s3://team-bucket/livywire --by me --since 24h', 'of a team, your own'],
    ['livywire ls --since 24h --json | jq -r ".runs[].key"', 'for scripts'],
  ],
  options: {
    since: {
      type: 'string',
      describe: 'Only runs to which something happened since: 24h ago, or a day (2026-11-01)',
      group: 'Which',
    },
    by: {
      type: 'string',
      describe: 'Only runs of this person: me, or a part of a user name or ARN',
      group: 'Which',
    },
    limit: { type: 'string', alias: 'n', describe: `At most so many (default ${DEFAULT_LIMIT})`, group: 'Which' },
    ...ledgerOptions,
    ...outputOptions,
  },
  async run(args, context) {
    const { out, io, signal } = context;
    const now = io.clock.now();
    const limit = countOf(args.limit, '--limit') ?? DEFAULT_LIMIT;
    const from = args.since === undefined ? undefined : sinceDate(args.since, now);
    const settings = await context.settings();
    const ledger = openLedger(settings, { ...silent, warn: (text) => context.out.warn(text) });
    const isOurs =
      args.by === undefined
        ? () => true
        : madeBy(args.by, args.by === 'me' ? await (await loadOurNames())(settings, io.env) : []);
    const records: RunRecord[] = [];
    const runs: RunSummary[] = [];
    // Of whose they are, the ledger knows nothing before it has read them.
    const wanted = { ...(from && { since: from }), ...(args.by === undefined && { limit }) };
    if (args.json === true || !ledger.summaries) {
      for await (const record of ledger.list(wanted)) {
        signal.throwIfAborted();
        if (!isOurs(summaryOf(record).who)) continue;
        records.push(record);
        runs.push(summaryOf(record));
        if (runs.length >= limit) break;
      }
    } else {
      for await (const run of ledger.summaries(wanted)) {
        signal.throwIfAborted();
        if (isOurs(run.who)) runs.push(run);
        if (runs.length >= limit) break;
      }
    }
    // In a ledger of one's own it says nothing.
    const isShared = /^s3/i.test(settings.ledger) || new Set(runs.map(({ who }) => who)).size > 1;
    const rows = runs.map((run) => [
      plain(run.key),
      String(run.attempt),
      stateWord(run.state),
      since(run.createdAt, now),
      run.appId ?? (run.id === undefined ? '' : idWord(run.id)),
      ...(isShared ? [plain(shortWho(run.who ?? ''))] : []),
      plain(run.label),
    ]);
    const [head, ...body] = table([
      ['KEY', 'ATTEMPT', 'STATE', 'AGE', 'ID', ...(isShared ? ['BY'] : []), 'LABEL'],
      ...rows,
    ]);
    if (body.length === 0) out.note(args.by === undefined ? 'no runs in the ledger yet' : `no runs by ${args.by}`);
    else {
      out.result(out.paint.dim(head ?? ''));
      out.result(
        ...body.map((line, i) => {
          const state = rows[i]?.[2] ?? '';
          return state === '' ? line : line.replace(` ${state} `, ` ${paintState(state, state, out.paint)} `);
        }),
      );
    }
    if (runs.some(({ state }) => state === 'started'))
      out.note(
        'started: no end is in the ledger yet, and no server was asked; livywire status <key> asks, reap asks for all',
      );
    out.document({ v: 1, kind: 'runs', runs: records.map(summary) });
    return exitCodes.succeeded;
  },
});

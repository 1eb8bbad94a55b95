import { openLedger, parseDuration } from '../../app/index.js';
import { ConfigError, type RunRecord } from '../../core/index.js';
import { defineCommand } from '../define.js';
import { exitCodes } from '../exit-code.js';
import { countOf, ledgerOptions, outputOptions } from '../options.js';
import { lastOf, paintState, plain, recordState, since, table } from '../show.js';

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
      endpoint: attempt.endpoint,
      name: attempt.name,
      ...(attempt.id !== undefined && { id: attempt.id }),
      ...(attempt.appId !== undefined && { appId: attempt.appId }),
    }),
  };
}

const silent = { debug: () => undefined, info: () => undefined };

export const lsCommand = defineCommand({
  name: 'ls',
  positionals: '',
  describe: 'List the runs of the ledger, newest first. Asks no server: states are as they were last seen.',
  examples: [
    ['livywire ls', ''],
    ['livywire ls --since 24h --json | jq -r ".runs[].key"', 'for scripts'],
  ],
  options: {
    since: {
      type: 'string',
      describe: 'Only runs from this long ago (24h), or from a day (2026-11-01)',
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
    const ledger = openLedger(await context.settings(), { ...silent, warn: (text) => context.out.warn(text) });
    const records: RunRecord[] = [];
    for await (const record of ledger.list({ limit, ...(from && { since: from }) })) {
      signal.throwIfAborted();
      records.push(record);
    }
    const rows = records.map((record) => {
      const attempt = lastOf(record);
      return [
        plain(record.key),
        String(attempt?.attempt ?? 0),
        attempt ? recordState(attempt) : '',
        since(record.createdAt, now),
        attempt?.appId ?? (attempt?.id === undefined ? '' : `livy:${attempt.id}`),
        plain(record.spec.name ?? record.spec.file),
      ];
    });
    const [head, ...body] = table([['KEY', 'ATTEMPT', 'STATE', 'AGE', 'ID', 'LABEL'], ...rows]);
    if (body.length === 0) out.note('no runs in the ledger yet');
    else {
      out.result(out.paint.dim(head ?? ''));
      out.result(
        ...body.map((line, i) => {
          const state = rows[i]?.[2] ?? '';
          return state === '' ? line : line.replace(` ${state} `, ` ${paintState(state, state, out.paint)} `);
        }),
      );
    }
    out.document({ v: 1, kind: 'runs', runs: records.map(summary) });
    return exitCodes.succeeded;
  },
});

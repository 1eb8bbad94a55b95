import { openLedger } from '../../app/index.js';
import { type Actor, type AttemptRecord, type RunRecord, RunNotFoundError, withoutTokens } from '../../core/index.js';
import { defineCommand } from '../define.js';
import { exitCodes } from '../exit-code.js';
import { ledgerOptions, outputOptions } from '../options.js';
import { idWord, paintState, plain, recordState } from '../show.js';

/** `arn:… on host, livywire 1.2.3, git 1a2b3c4 (with changes), github-actions https://…` */
function actorWords({ who, proof, host, livywire, git, ci }: Actor): string {
  return [
    `${who}${proof === 'sts' ? '' : ' (claimed)'} on ${host}`,
    `livywire ${livywire}`,
    ...(git ? [`git ${git.commit.slice(0, 12)}${git.dirty ? ' with changes' : ''}`] : []),
    ...(ci ? [`${ci.system} ${ci.url ?? ci.run ?? ''}`.trim()] : []),
  ].join(', ');
}

const minute = (iso: string): string => `${iso.slice(0, 16).replace('T', ' ')}Z`;

function attemptLines(attempt: AttemptRecord, paintOf: (state: string) => string): string[] {
  const { outcome, by, cancels = [], codeSha256, output } = attempt;
  const ids = [attempt.name, attempt.id === undefined ? '' : idWord(attempt.id), attempt.appId ?? ''];
  return [
    `attempt ${attempt.attempt}  ${paintOf(recordState(attempt))}  ${minute(attempt.createdAt)}  ${plain(attempt.endpoint)}`,
    `  started by ${by ? plain(actorWords(by)) : 'nobody that was written down'}`,
    `  ${ids.filter((id) => id !== '').join('  ')}`,
    ...(codeSha256 === undefined ? [] : [`  code sha256 ${codeSha256}`]),
    ...(output ? [`  output ${plain(output.path)}`] : []),
    ...cancels.map((one) => `  ${minute(one.at)} asked to stop by ${plain(actorWords(one.by))}`),
    ...(outcome ? [`  ${minute(outcome.knownAt)} ${outcome.kind}${endWords(outcome)}`] : []),
  ];
}

function endWords(outcome: NonNullable<AttemptRecord['outcome']>): string {
  if (outcome.kind === 'failed') return `: ${plain(outcome.diagnosis.code)} ${plain(outcome.diagnosis.title)}`;
  if (outcome.kind !== 'cancelled') return '';
  return outcome.by === 'livywire' ? '' : ', not by livywire';
}

/** Without what only the engine reads. */
const documentOf = ({ key, createdAt, spec, attempts }: RunRecord): Readonly<Record<string, unknown>> => ({
  v: 1,
  kind: 'history',
  key,
  createdAt,
  spec,
  attempts: attempts.map(withoutTokens).map(({ claim: _claim, unfinished: _unfinished, ...attempt }) => attempt),
});

export const historyCommand = defineCommand({
  name: 'history',
  positionals: '<key>',
  describe: 'Show every attempt of a run: who started it, from where and with what, who stopped it. Asks no server.',
  examples: [
    ['livywire history sales/2026-11-01', ''],
    ['livywire history --ledger s3://team-bucket/livywire --json sales/2026-11-01 | jq ".attempts[].by"', ''],
  ],
  options: { ...ledgerOptions, ...outputOptions },
  words: { min: 1, max: 1 },
  async run(args, context) {
    const { out } = context;
    const [key = ''] = args.rest;
    const entry = await openLedger(await context.settings()).get(key);
    if (!entry) {
      throw new RunNotFoundError(
        `No run with the key ${JSON.stringify(plain(key))} in the ledger; livywire ls lists them`,
      );
    }
    const { record } = entry;
    out.result(plain(record.key));
    for (const attempt of record.attempts) {
      out.result(...attemptLines(attempt, (state) => paintState(state, state, out.paint)));
    }
    out.document(documentOf(record));
    return exitCodes.succeeded;
  },
});

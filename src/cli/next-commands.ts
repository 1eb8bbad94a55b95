import type { RunReport, Settings } from '../app/index.js';
import { type JobSpec, plainLine, sparkSubmitWords } from '../core/index.js';
import { runWord, shellWord } from './show.js';

export interface NextCommand {
  /** Can be pasted into a shell. */
  readonly command: string;
  readonly why: string;
}

/** The three commands that are most worth typing next, most useful first. */
export function nextCommands(report: RunReport, settings: Pick<Settings, 'url' | 'sources'>): NextCommand[] {
  const { ref, spec, outcome, status } = report;
  if (!ref) return [];
  // What did not come from the environment or a profile has to be said again.
  const isTyped = settings.url !== undefined && (settings.sources.url ?? '').startsWith('--');
  const url = isTyped ? ` --url ${shellWord(settings.url ?? '')}` : '';
  const verb = (name: string, flags = ''): string => `livywire ${name}${flags}${url} ${runWord(ref.key)}`;
  const logs: NextCommand = { command: verb('logs', ' --tail 200'), why: "the end of the driver's log" };
  const picture: NextCommand = { command: verb('report'), why: 'stages, executors and log as one HTML file' };
  const doctor: NextCommand = { command: `livywire doctor${url}`, why: 'which server is out of reach, and what to do' };
  const again = (kind: 'failed' | 'lost', why: string): NextCommand[] =>
    spec && ref.attempt > 0
      ? [
          {
            command: `livywire run --key ${shellWord(plainLine(ref.key))} --retry-of ${kind}${url} ${jobWords(spec)}`,
            why,
          },
        ]
      : [];
  const cancel = (why: string): NextCommand => ({ command: verb('cancel'), why });

  switch (outcome?.kind) {
    case 'failed': {
      const isTransient = outcome.diagnosis.transient;
      const retry = again('failed', isTransient ? 'it may succeed the next time' : 'once the cause is gone');
      return isTransient ? [...retry, logs, picture] : [logs, picture, ...retry];
    }
    case 'lost':
      return [
        { ...doctor, why: 'whether these are the servers that it was started on' },
        yarnLook(ref.appId, ref.name),
        ...again('lost', 'only when you know that it may run twice'),
      ];
    case 'cancelled':
      return [logs, picture, ...again('failed', 'a new attempt under the same key')];
    case 'succeeded':
      return [picture, logs, { command: 'livywire ls --since 24h', why: 'the runs of the last day' }];
    case undefined:
      break;
  }
  if (status === undefined) {
    return [doctor, { command: verb('wait', ' --timeout 15m'), why: 'goes on asking until somebody answers' }, picture];
  }
  const attach = (why: string): NextCommand => ({ command: verb('attach'), why });
  if (status.state !== 'waiting') {
    return [attach('follows it: log, stages, end'), picture, cancel('stops it, and proves that it stopped')];
  }
  return [
    attach('follows it, and says why it waits'),
    queueLook(report),
    cancel('gives its place away, and proves that it stopped'),
  ];
}

/** Who holds the queue that it waits in. */
function queueLook({ status, app, spec }: RunReport): NextCommand {
  const largest = status?.waiting?.queue?.largest;
  if (largest)
    return { command: `livywire explain-run ${shellWord(largest.appId)}`, why: 'what holds most of the queue' };
  const queue = app?.queue ?? spec?.queue;
  const command =
    queue === undefined
      ? 'yarn application -list -appStates RUNNING,ACCEPTED'
      : `yarn queue -status ${shellWord(queue)}`;
  return { command, why: 'who holds the queue' };
}

const yarnLook = (appId: string | undefined, name: string): NextCommand =>
  appId === undefined
    ? {
        command: `yarn application -list -appStates ALL -appTags ${shellWord(name)}`,
        why: 'whether YARN has it under its tag',
      }
    : { command: `yarn logs -applicationId ${shellWord(appId)}`, why: 'its log, where YARN has collected it' };

/** The job as the ledger has it, as the flags that make it. Secrets are not in the ledger: `(redacted)` stands where each has to be put back. */
function jobWords(spec: JobSpec): string {
  return [
    ...(spec.name === undefined ? [] : ['--name', spec.name]),
    ...sparkSubmitWords(spec),
    ...Object.entries(spec.conf ?? {}).flatMap(([name, value]) => ['--conf', `${name}=${value}`]),
    spec.file,
    ...(spec.args ?? []),
  ]
    .map((word) => shellWord(plainLine(word)))
    .join(' ');
}

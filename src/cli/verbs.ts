import type { Command } from './define.js';

interface Verb {
  /** For the first page. */
  readonly describe: string;
  /** Only when it is called, so that no verb pays for another. */
  readonly load: () => Promise<Command>;
}

const as = (command: unknown): Command => command as Command;

/** Every verb there is, in the order of the first page. */
export const verbs: Readonly<Record<string, Verb>> = {
  run: {
    describe: 'Start a job, show its log, wait for its end (takes every spark-submit flag)',
    load: async () => as((await import('./commands/run.js')).runCommand),
  },
  submit: {
    describe: 'Start a job and come back at once',
    load: async () => as((await import('./commands/submit.js')).submitCommand),
  },
  stage: {
    describe: "Put a job's local files into S3, and write down which bytes they are",
    load: async () => as((await import('./commands/stage.js')).stageCommand),
  },
  status: {
    describe: 'Show how a run is doing',
    load: async () => as((await import('./commands/status.js')).statusCommand),
  },
  wait: {
    describe: 'Wait until a run ends',
    load: async () => as((await import('./commands/wait.js')).waitCommand),
  },
  logs: {
    describe: "Show the driver's log",
    load: async () => as((await import('./commands/logs.js')).logsCommand),
  },
  attach: {
    describe: 'Follow a run again: log, state, end',
    load: async () => as((await import('./commands/attach.js')).attachCommand),
  },
  cancel: {
    describe: 'Stop a run and prove that it stopped',
    load: async () => as((await import('./commands/cancel.js')).cancelCommand),
  },
  ls: {
    describe: 'List the runs of the ledger',
    load: async () => as((await import('./commands/ls.js')).lsCommand),
  },
  history: {
    describe: 'Show who started and who stopped each attempt of a run',
    load: async () => as((await import('./commands/history.js')).historyCommand),
  },
  report: {
    describe: 'Write a picture of a run: one HTML file that needs no server',
    load: async () => as((await import('./commands/report.js')).reportCommand),
  },
  reap: {
    describe: 'List the runs that were left open, write down how they ended, stop them',
    load: async () => as((await import('./commands/reap.js')).reapCommand),
  },
  'explain-run': {
    describe: 'Say how a run stands and why, and what to type next',
    load: async () => as((await import('./commands/explain-run.js')).explainRunCommand),
  },
  shell: {
    describe: 'Type Python, Scala, R or SQL into a session, line by line',
    load: async () => as((await import('./commands/shell.js')).shellCommand),
  },
  sql: {
    describe: 'Run SQL in a session and write its rows as a table, CSV or JSON',
    load: async () => as((await import('./commands/sql.js')).sqlCommand),
  },
  exec: {
    describe: 'Run a file as code in a session, and write what it prints',
    load: async () => as((await import('./commands/exec.js')).execCommand),
  },
  diagnose: {
    describe: 'Say why a run failed, or what a log file says of it',
    load: async () => as((await import('./commands/diagnose.js')).diagnoseCommand),
  },
  explain: {
    describe: 'Show what a spark-submit line becomes; sends nothing',
    load: async () => as((await import('./commands/explain.js')).explainCommand),
  },
  doctor: {
    describe: 'Check settings and every server a run needs',
    load: async () => as((await import('./commands/doctor.js')).doctorCommand),
  },
  emr: {
    describe: 'EMR clusters: ls, and show one with its servers and runs',
    load: async () => as((await import('./commands/emr.js')).emrCommand),
  },
  workflow: {
    describe: 'State machines of Step Functions: print one, or execute it on this machine',
    load: async () => as((await import('./commands/workflow.js')).workflowCommand),
  },
  local: {
    describe: 'A real Livy and Spark on this machine: up, status, logs, down',
    load: async () => as((await import('./commands/local.js')).localCommand),
  },
  completion: {
    describe: 'Print the completion script for bash, zsh or fish',
    load: async () => as((await import('./commands/completion.js')).completionCommand),
  },
};

/** The page for those who ask for nothing in particular. */
export function frontPage(): string {
  const width = Math.max(...Object.keys(verbs).map((name) => name.length));
  return `livywire runs Spark jobs through Apache Livy: started exactly once, shown live, always with a known outcome.

Usage: livywire <verb> [flags] …

${Object.entries(verbs)
  .map(([name, { describe }]) => `  ${name.padEnd(width)}  ${describe}`)
  .join('\n')}

Start here:
  livywire local up                                    a Livy and Spark to try things on
  livywire run --url http://emr:8998 s3://jobs/etl.py 2026-11-01
  livywire explain -- spark-submit --master yarn …     what your old line becomes
  livywire doctor --url http://emr:8998                what is missing, and what to do about it

LIVYWIRE_URL or a profile in ~/.config/livywire/config.yaml saves the --url.
livywire <verb> --help shows the flags of a verb, with examples.
`;
}

import type { RunOutcome, RunRef } from '../../src/core/index.js';
import { readEventLog } from '../../src/hadoop/index.js';
import { cleanReport, type RunReport } from '../../src/report/index.js';
import { recordedEvents } from './spark-facts.js';

const ref: RunRef = {
  v: 1,
  key: 'sales/2026-11-01',
  attempt: 1,
  backend: 'livy',
  endpoint: 'http://livy.test:8998',
  name: 'livywire-0123456789abcdef0123456789abcdef-a1',
  id: '7',
  appId: 'application_1795406199772_0004',
  createdAt: '2026-11-23T04:08:30.011Z',
};

/** What each text of the page tries to break out with. */
export const HOSTILE = {
  script: '</script><script>window.hacked=1</script>',
  comment: '<!--<script>',
  image: '<img src="http://evil.test/x" onerror="window.hacked=1">',
  quotes: `" onmouseover="window.hacked=1" x='`,
  separator: 'before\u2028after\u2029end',
  escape: '\u001b[31mred\u001b[0m\u0007\u202egnp.exe',
  style: '</style><style>body{display:none}</style>',
} as const;
const hostile = Object.values(HOSTILE).join(' ');

/** A failed run in which everything that others wrote is hostile, with the stages of the recorded one. */
export async function hostileReport(): Promise<RunReport> {
  const spark = await readEventLog(recordedEvents());
  const outcome: RunOutcome = {
    v: 1,
    kind: 'failed',
    ref,
    knownAt: '2026-11-23T04:09:23.008Z',
    evidence: [{ source: 'yarn', asked: hostile, answer: hostile, at: '2026-11-23T04:09:23.008Z' }],
    links: { driverLog: 'javascript:window.hacked=1', history: 'http://history.test/"><b>x' },
    usage: { memoryMbSeconds: 136_428, vcoreSeconds: 132, queueMs: 197, runMs: 49_400 },
    notes: [hostile],
    diagnosis: {
      code: 'PYTHON_EXCEPTION',
      title: `ValueError: ${hostile}`,
      transient: false,
      lines: [{ source: 'stderr', line: 12, text: hostile }],
      next: [hostile],
    },
  };
  return cleanReport({
    v: 1,
    kind: 'report',
    madeAt: '2026-11-23T05:00:00.000Z',
    madeBy: '9.9.9',
    title: `sales ${hostile}`,
    ref,
    spec: {
      file: `s3://jobs/${hostile}.py`,
      args: ['--password', 'hunter2', hostile, 'token=abcdefgh'],
      conf: { 'spark.hadoop.fs.s3a.secret.key': 'hunter2', 'spark.note': hostile },
    },
    attempts: [],
    outcome,
    spark: {
      ...spark,
      name: hostile,
      jobs: spark.jobs.map((job) => ({ ...job, description: hostile })),
      stages: spark.stages.map((stage) => ({ ...stage, description: hostile, failure: hostile })),
      queries: spark.queries.map((query) => ({ ...query, description: `SELECT '${hostile}'` })),
      properties: [...spark.properties, ['spark.my.password', 'hunter2'], ['spark.words', hostile]],
    },
    log: {
      tail: 5_000,
      isCut: true,
      items: [
        { type: 'line', stream: 'stderr', text: '26/11/23 04:08:32 INFO Nothing: all is well' },
        { type: 'line', stream: 'stderr', text: `26/11/23 04:08:33 ERROR Task: ${hostile}` },
        { type: 'line', stream: 'stderr', text: 'connecting with password=hunter2' },
        { type: 'gap', stream: 'stderr', lines: 12, reason: hostile },
        { type: 'line', stream: 'stdout', text: 'x'.repeat(1_000_000) },
        { type: 'line', stream: 'stdout', text: 'region 3: 141,587.36' },
      ],
    },
    missing: [hostile],
  });
}

// A process that submits one key over a file ledger and can be told to stop at a step. Run by submitter-process.ts.
import process from 'node:process';
import { writeFileSync } from 'node:fs';
import { type Ledger, type RunRecord, systemClock } from '../../src/core/index.js';
import { diagnose } from '../../src/diagnosis/index.js';
import { currentIdentity, Engine, fileLedger, fileMarkers } from '../../src/run/index.js';
import { FolderBackend } from './folder-backend.js';
import type { Order, Step } from './submitter-process.js';

const order = JSON.parse(process.argv[2] ?? '') as Order;

/** At the step that was ordered: say so, and hang until killed, or stop like a paused process. */
async function at(step: Step): Promise<void> {
  if (order.at !== step) return;
  writeFileSync(order.marker, step);
  if (order.how === 'stop') process.kill(process.pid, 'SIGSTOP');
  else await new Promise(() => setInterval(() => undefined, 60_000));
}

const isIntent = (record: RunRecord) => record.attempts.at(-1)?.phase === 'posting';
const isStarted = (record: RunRecord) => record.attempts.at(-1)?.phase === 'started';
const files = fileLedger(order.ledger);
const ledger: Ledger = {
  ...files,
  async create(record) {
    await at('before the claim');
    const entry = await files.create(record);
    await at('after the claim');
    return entry;
  },
  async update(record, version) {
    if (isStarted(record)) await at('before the start is written');
    const entry = await files.update(record, version);
    if (isIntent(record)) await at('after the intent');
    if (isStarted(record)) await at('after the start is written');
    return entry;
  },
};
const backend = new FolderBackend(order.server, { refusesNames: order.refusesNames ?? false });
const start = backend.start.bind(backend);
backend.start = async (plan) => {
  await at('before the request');
  const answer = await start(plan);
  await at('after the request');
  return answer;
};

const silence = { debug: () => undefined, info: () => undefined, warn: () => undefined };
const engine = new Engine({
  backend,
  ledger,
  clock: systemClock,
  diagnose,
  logs: backend,
  logger: silence,
  identity: { ...currentIdentity(), ...(order.host !== undefined && { host: order.host }) },
  waits: order.waits,
  markers: fileMarkers,
  sources: [],
});
const run = await engine.submit({ file: 's3://b/j.py' }, { key: order.key, deadlineMs: 60_000 });
process.stdout.write(JSON.stringify({ how: run.how, ref: run.ref }));

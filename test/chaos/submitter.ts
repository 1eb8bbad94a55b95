// A process that submits keys as it is told and waits for their ends. It is killed and stopped at any instant.
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { type Clock, systemClock } from '../../src/core/index.js';
import { createLivywire, fileLedger, isLivywireError, SubmitUnknownError } from '../../src/index.js';
import type { Order, SubmitterSettings, Word } from './orders.js';

const settings = JSON.parse(process.argv[2] ?? '') as SubmitterSettings;
const { speed, epochMs } = settings;
let setByMs = 0;
// Livywire's time runs faster than the servers': its own waits stay the ones it is shipped with, and the test is short.
const clock: Clock = {
  now: () => Math.round(epochMs + (Date.now() - epochMs) * speed + setByMs),
  elapsed: () => performance.now() * speed,
  sleep: (ms, signal) => systemClock.sleep(ms / speed, signal),
};
const lw = createLivywire({
  url: settings.livy,
  yarn: { url: settings.yarn },
  ...(settings.history !== undefined && { historyUrl: settings.history }),
  ledger: fileLedger(settings.ledger),
  requestTimeoutMs: settings.requestTimeoutMs,
  waits: settings.waits,
  clock,
});
type RunOrder = Extract<Order, { do: 'run' }>;
const say = (word: Word): void => void process.send?.(word);

async function run({ id, key, spec, retryOf, forceResend = false, cancelAfterMs }: RunOrder): Promise<void> {
  try {
    // So many milliseconds of livywire's time; the caller comes back with the key, as people would.
    const run = await lw.submit(spec, { key, deadlineMs: 180_000, forceResend, ...(retryOf && { retryOf }) });
    if (cancelAfterMs !== undefined) await delay(cancelAfterMs);
    const outcome = cancelAfterMs === undefined ? await run.wait({ timeoutMs: 600_000 }) : await run.cancel();
    const evidence = outcome.evidence.map(({ source, asked, answer, at }) => `${at} ${source} ${asked}: ${answer}`);
    say({
      say: 'outcome',
      id,
      kind: outcome.kind,
      attempt: outcome.ref.attempt,
      notes: outcome.notes ?? [],
      evidence,
    });
  } catch (error) {
    const { name, message } = error as Error;
    const attempt = error instanceof SubmitUnknownError ? error.ref.attempt : undefined;
    say({ say: 'error', id, name, fault: isLivywireError(error) ? error.fault : 'livywire', message, attempt });
  }
}

process.on('message', (order: Order) => {
  if (order.do === 'set-clock') setByMs += order.byMs;
  else void run(order);
});
process.on('disconnect', () => process.exit()); // whoever gave the orders is gone
say({ say: 'ready' });

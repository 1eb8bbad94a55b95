import type { AppReport, DiagnosisLine, LogItem, RunRef, RunStatus } from '../core/index.js';
import type { DiagnosisFacts, EngineDeps } from './deps.js';
import { LastLines } from './last-lines.js';
import { wholeLog } from './log-feed.js';

/** Of each stream: a stack trace with its causes is long, and what led to it stands before. */
const DIAGNOSED_LINES = 2_000;

/** In a diagnosis, the source of what the backend's server wrote. */
const SERVER = 'livy-server';

/** What there is to reason from. A log that cannot be read makes the reason poorer, never the outcome. */
export async function factsOf(
  { logs, logger, serverWords }: EngineDeps,
  ref: RunRef,
  { status, app }: { readonly status: RunStatus; readonly app?: AppReport | undefined },
  signal?: AbortSignal,
): Promise<DiagnosisFacts> {
  const known = { status, ...(app && { app }) };
  try {
    const reader = logs.open(ref, { tail: DIAGNOSED_LINES });
    const lines = await linesOf(wholeLog(reader, ref, signal ? { signal } : {}));
    // Nothing came to run: then it is the server that knows why, if anybody does.
    // What stands under YARN's name there is Livy's own: "spark-submit start failed".
    const isBlank =
      status.appId === undefined && lines.every(({ source, text }) => source === 'yarn' || text.trim() === '');
    const words = isBlank ? ((await serverWords?.(ref, signal && { signal })) ?? []) : [];
    return { ...known, lines: [...lines, ...words.map((text) => ({ source: SERVER, text }))] };
  } catch (error) {
    signal?.throwIfAborted();
    logger.warn('the log could not be read for the diagnosis', { error: (error as Error).message });
    return { ...known, lines: (status.tail ?? []).map((text) => ({ source: status.source, text })) };
  }
}

/** Of the driver's last start, with their numbers where the log was read from its beginning. */
async function linesOf(log: AsyncIterable<readonly LogItem[]>): Promise<DiagnosisLine[]> {
  let last = 0;
  const kept = new LastLines(DIAGNOSED_LINES);
  const cut = new Set<string>();
  for await (const piece of log) {
    for (const item of piece) {
      const { driver = last } = item.type === 'line' ? item : {};
      if (driver > last) kept.keepOnly((one) => one.type === 'gap' || one.driver === undefined);
      last = Math.max(last, driver);
      if (item.type === 'gap') cut.add(item.stream);
      if (driver === last) kept.add(item);
    }
  }
  const numbers = new Map<string, number>();
  return kept.items().flatMap((item) => {
    if (item.type === 'gap') return [];
    const { stream, text } = item;
    const line = (numbers.get(stream) ?? 0) + 1;
    numbers.set(stream, line);
    const isWhole = !cut.has(stream) && !kept.isCut(stream);
    return [{ source: stream, ...(isWhole && { line }), text }];
  });
}

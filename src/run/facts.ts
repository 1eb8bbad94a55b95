import type { AppReport, DiagnosisLine, LogItem, LogLine, RunRef, RunStatus } from '../core/index.js';
import type { DiagnosisFacts, EngineDeps } from './deps.js';
import { wholeLog } from './log-feed.js';

/** Of each stream: a stack trace with its causes is long, and what led to it stands before. */
const DIAGNOSED_LINES = 2_000;

/** What there is to reason from. A log that cannot be read makes the reason poorer, never the outcome. */
export async function factsOf(
  { logs, logger }: EngineDeps,
  ref: RunRef,
  { status, app }: { readonly status: RunStatus; readonly app?: AppReport | undefined },
  signal?: AbortSignal,
): Promise<DiagnosisFacts> {
  const known = { status, ...(app && { app }) };
  try {
    const items = await wholeLog(logs.open(ref, { tail: DIAGNOSED_LINES }), ref, signal ? { signal } : {});
    return { ...known, lines: linesOf(items) };
  } catch (error) {
    signal?.throwIfAborted();
    logger.warn('the log could not be read for the diagnosis', { error: (error as Error).message });
    return { ...known, lines: (status.tail ?? []).map((text) => ({ source: status.source, text })) };
  }
}

/** Of the driver's last start, with their numbers where the log was read from its beginning. */
function linesOf(items: readonly LogItem[]): DiagnosisLine[] {
  const all = items.filter((item): item is LogLine => item.type === 'line');
  const last = Math.max(0, ...all.map(({ driver = 0 }) => driver));
  const lines = all.filter(({ driver }) => driver === undefined || driver === last);
  const cut = new Set<string>(items.flatMap((item) => (item.type === 'gap' ? [item.stream] : [])));
  const counts = new Map<string, number>();
  for (const { stream } of lines) counts.set(stream, (counts.get(stream) ?? 0) + 1);
  const isWhole = (stream: string): boolean => !cut.has(stream) && (counts.get(stream) ?? 0) < DIAGNOSED_LINES;
  const numbers = new Map<string, number>();
  return lines.map(({ stream, text }) => {
    const line = (numbers.get(stream) ?? 0) + 1;
    numbers.set(stream, line);
    return { source: stream, ...(isWhole(stream) && { line }), text };
  });
}

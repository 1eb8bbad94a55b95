import { COPIED_WITHIN_MS, LivyLines, loadLivyServerLog, openLedger, untilCopied } from '../app/index.js';
import { ConfigError, redactText } from '../core/index.js';
import type { Context } from './define.js';
import { exitCodes } from './exit-code.js';
import { findAttempt } from './open-run.js';
import { plain } from './show.js';

export interface LivyServerLogOptions {
  /** All of it, not only what is about the run. */
  readonly whole: boolean;
  /** Wait for a copy that tells of the run. */
  readonly follow: boolean;
}

/** Shows what Livy's server wrote about a run, as EMR copied it to S3. Asks no Livy: it may be gone. */
export async function showLivyServerLog(
  name: string,
  context: Context,
  { whole, follow }: LivyServerLogOptions,
): Promise<number> {
  const { out, io, signal } = context;
  const settings = await context.settings();
  const attempt = await findAttempt(name, openLedger(settings));
  if (!attempt) throw new ConfigError(`${plain(name)}: no such run in the ledger`, { field: '<run>' });
  const livyServerLog = await loadLivyServerLog();
  const look = async () => {
    const { places, files } = await livyServerLog(settings, attempt.endpoint, signal);
    const about = new LivyLines(attempt);
    const lines: string[] = [];
    for (const file of files) {
      // Copied for the last time before the run began: nothing about it can stand there.
      if (!whole && file.modifiedMs < Date.parse(attempt.createdAt)) continue;
      for await (const line of file.lines()) if (about.includes(line) || whole) lines.push(redactText(line));
    }
    return { places, files, lines, named: about.named };
  };
  const { places, files, lines, named } = await untilCopied(look, (seen) => seen.named > 0, {
    clock: io.clock,
    signal,
    waitMs: follow ? COPIED_WITHIN_MS : 0,
    onWait: (seen) =>
      out.note(`nothing about it yet in ${plain(seen.places)}; EMR copies about every five minutes, and is waited for`),
  });
  for (const line of lines) out.log(line);
  const seen = `${files.length} ${files.length === 1 ? 'file' : 'files'} in ${plain(places)}`;
  if (files.length === 0) out.note(`nothing in ${plain(places)}; EMR copies about every five minutes, -f waits for it`);
  else if (named === 0) out.note(`no line of ${seen} names this run; --verbose shows all, -f waits for the next copy`);
  else out.note(`from ${seen}`);
  out.document({
    v: 1,
    kind: 'livy-server-log',
    places,
    files: files.map(({ place }) => place),
    named,
    lines,
  });
  return exitCodes.succeeded;
}

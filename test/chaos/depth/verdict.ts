/** What was said of a real job, held against what YARN said of it, and against the drivers that truly started. */
import type { Said, Tale } from '../pursuit.js';
import type { DepthFault, DepthRun } from './plan.js';
import { endOf, type YarnApp } from './yarn-book.js';

export interface DepthStory extends Tale {
  readonly fault: DepthFault;
  readonly run: DepthRun;
  /** The tag of attempt n. */
  readonly tag: (attempt: number) => string;
}

export interface DepthVerdict {
  readonly fault: DepthFault;
  readonly ending: DepthRun['ending'];
  /** As YARN counts them by tag; those that it forgot were counted before. */
  readonly applications: number;
  /** How often a driver was started, by the containers' own account. */
  readonly drivers: number;
  /** What livywire said in the end. */
  readonly said: string | undefined;
  /**
   * What YARN said in the end; `forgotten` where it was restarted without its memory before it could, `never there`
   * where neither an application nor a driver was ever seen.
   */
  readonly truth: string | undefined;
  readonly duplicates: number;
  readonly isLost: boolean;
  readonly isWrong: boolean;
  /** From YARN's end to the word of it, in milliseconds. */
  readonly delayMs?: number;
  readonly errors: readonly string[];
  readonly notes: readonly string[];
  readonly problems: readonly string[];
}

export function judgeDepth(
  story: DepthStory,
  under: (tag: string) => readonly YarnApp[],
  containers: readonly string[],
): DepthVerdict {
  const { fault, run, said, errors, isOpen } = story;
  const word = said.at(-1);
  const apps = [...under(story.tag(1)), ...under(story.tag(2))];
  const problems: string[] = [];
  const ran = new Set(containers.map((id) => /container_(?:e\d+_)?(\d+_\d+)/.exec(id)?.[1]));
  const extra = Math.max(apps.length, ran.size) - 1;
  if (extra > 0) problems.push(`${apps.length} applications, drivers of ${ran.size}`);
  const [app] = apps;
  const end = app && endOf(app);
  const isNever = !app && ran.size === 0;
  const truth = end ?? (app?.isForgotten === true ? 'forgotten' : isNever ? 'never there' : undefined);
  // Whoever heard an earlier word had no other.
  const wrong = said.flatMap((one) => {
    const why = one.kind === 'lost' ? undefined : whatIsWrong(story, one, app, truth);
    return why === undefined ? [] : [`${one.kind}: ${why}; ${one.evidence.join(' | ')}`];
  });
  problems.push(...wrong);
  // The truth is gone with YARN's memory: to say so is the one right answer, and so is the end where it had been one.
  const isLost =
    isOpen || word === undefined || (said.some(({ kind }) => kind === 'lost') && app?.isForgotten !== true);
  if (isLost)
    problems.push(`no outcome: ${errors.at(-1)?.message ?? word?.evidence.join(' | ') ?? 'nothing was said'}`);
  const drivers = new Set(containers).size;
  const notes = word?.notes ?? [];
  const isSaid = notes.some((note) => note.includes('started the driver'));
  if (drivers > 1 && end !== undefined && app?.isForgotten === false && !isSaid) {
    problems.push(`the driver was started ${drivers} times, and the outcome does not say so`);
  }
  for (const { name, message, isOurs } of errors) if (isOurs) problems.push(`${name}: ${message}`);
  return {
    fault,
    ending: run.ending,
    applications: apps.length,
    drivers,
    said: word?.kind,
    truth,
    duplicates: Math.max(0, extra),
    isLost,
    isWrong: wrong.length > 0,
    ...(word && app && app.endMs > 0 && { delayMs: word.atMs - app.endMs }),
    errors: errors.map(({ name }) => name),
    notes,
    problems,
  };
}

function whatIsWrong(
  { fault, run }: DepthStory,
  { kind, atMs }: Said,
  app: YarnApp | undefined,
  truth: string | undefined,
): string | undefined {
  const wasCancelled = kind === 'cancelled' && run.cancelAfterMs !== undefined;
  // Stopped before its spark-submit had come as far as YARN: by its caller, or by a Livy that was stopped in good order.
  if (truth === 'never there') {
    const wasStopped = kind === 'failed' && fault.startsWith('livy-stopped');
    return wasCancelled || wasStopped ? undefined : 'YARN never had it';
  }
  if (!app) return 'YARN does not know what ran';
  // It was at work when YARN's memory went. Nobody but its caller can have stopped it, and nobody saw how it ended.
  if (truth === 'forgotten') return wasCancelled ? undefined : 'YARN killed and forgot it';
  if (truth === undefined || truth !== kind) return `YARN says ${app.state} and ${app.finalStatus}`;
  return atMs < app.endMs ? `it was said ${app.endMs - atMs} ms before the end` : undefined;
}

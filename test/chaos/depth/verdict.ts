/** What was said of a real job, held against what YARN said of it, and against the drivers that truly started. */
import type { Tale } from '../pursuit.js';
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
  const why = word && word.kind !== 'lost' ? whatIsWrong(story, app, truth) : undefined;
  if (why !== undefined) problems.push(`${word?.kind}: ${why}; ${word?.evidence.join(' | ')}`);
  // The truth is gone with YARN's memory: to say so is the one right answer, and so is the end where it had been one.
  const isLost = isOpen || word === undefined || (word.kind === 'lost' && app?.isForgotten !== true);
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
    isWrong: why !== undefined,
    ...(word && app && app.endMs > 0 && { delayMs: word.atMs - app.endMs }),
    errors: errors.map(({ name }) => name),
    notes,
    problems,
  };
}

function whatIsWrong(
  { said, run }: DepthStory,
  app: YarnApp | undefined,
  truth: string | undefined,
): string | undefined {
  const { kind, atMs } = said.at(-1)!;
  // Stopped before its spark-submit had come as far as YARN: by the caller, or by Livy.
  if (truth === 'never there') return kind === run.ending || kind === 'failed' ? undefined : 'YARN never had it';
  if (!app) return 'YARN does not know what ran';
  // Started by YARN's own memory loss: what ran was killed.
  if (truth === 'forgotten') return kind === 'cancelled' ? undefined : 'YARN killed and forgot it';
  if (truth === undefined) return `YARN says ${app.state} and ${app.finalStatus}`;
  if (truth !== kind) return `YARN says ${app.state} and ${app.finalStatus}`;
  return atMs < app.endMs ? `it was said ${app.endMs - atMs} ms before the end` : undefined;
}

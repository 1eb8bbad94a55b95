/** Some real jobs at once, and the fault that strikes while they run. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { attemptName } from '../../../src/run/index.js';
import { newTale, pursue } from '../pursuit.js';
import { Affliction, FaultSchedule, random } from '../schedule.js';
import { Submitters } from '../submitters.js';
import type { Ground } from './ground.js';
import type { DepthRound, DepthRun } from './plan.js';
import { type DepthStory, type DepthVerdict, judgeDepth } from './verdict.js';

const RUN_LIMIT_MS = 600_000;
/** A dead Livy's spark-submit goes on: what was sent twice shows within this time. */
const LAST_SURFACE_MS = 15_000;

/** `at`: which round of the seed it is. */
export async function depthRound(
  ground: Ground,
  { fault, strike, runs }: DepthRound,
  { seed, at }: { readonly seed: number; readonly at: number },
): Promise<readonly DepthVerdict[]> {
  const space = `depth-${seed}-${at}`;
  const ledger = join(ground.folder, space);
  await mkdir(ledger, { mode: 0o700 });
  await writeFile(join(ledger, 'ledger.json'), JSON.stringify({ v: 1, namespace: space }), { mode: 0o600 });
  await ground.prepare(fault);
  const schedule = new FaultSchedule(seed, () => undefined);
  schedule.isHealed = true; // nothing but what is planned
  const stories = runs.map((run): DepthStory => {
    const tag = (attempt: number) => attemptName(space, run.ending, attempt);
    schedule.add(tag(1).replace(/-a1$/, ''), new Affliction({ posts: run.posts, livy: [], yarn: [] }));
    return { ...newTale(), fault, run, tag };
  });
  const tags = stories.flatMap(({ tag }) => [tag(1), tag(2)]);
  ground.follow(schedule);
  // As in production: its own waits, and the time of the clock on the wall.
  const settings = { ...ground.urls, ledger, speed: 1, epochMs: 0, requestTimeoutMs: 10_000, waits: {} };
  const submitters = new Submitters(ground.submitter, settings, random(seed));
  await submitters.start(2);
  try {
    const first = await submitters.pick();
    const hit = async (): Promise<void> => {
      const states = { sent: undefined, accepted: ['ACCEPTED', 'RUNNING'], running: ['RUNNING'] }[strike.when];
      if (states) await ground.book.seen(states, tags);
      await delay(strike.afterMs);
      await (fault === 'submitter-killed' ? submitters.kill(first) : ground.strike(fault));
    };
    const struck = hit();
    const starts = ({ run }: DepthStory): string => join(ledger, `starts-${run.ending}`);
    const one = async (story: DepthStory): Promise<void> => {
      const { run } = story;
      await (run.starts === 'after-strike' ? struck : delay(run.starts));
      const how = run.ending === 'cancelled' ? 'succeeds' : run.ending;
      const seconds = run.ending === 'cancelled' ? 90 : run.seconds;
      const conf = { 'spark.yarn.maxAppAttempts': run.ending === 'second-try' ? '2' : '1' };
      const spec = { file: ground.job, args: [starts(story), how, String(seconds)], conf };
      await pursue(story, first.isAtWork ? first : await submitters.pick(), {
        submitters,
        order: { key: run.ending, spec, cancelAfterMs: run.cancelAfterMs },
        retries: false,
        limitMs: RUN_LIMIT_MS,
        lostTries: 1,
      });
    };
    await Promise.all([struck, ...stories.map(one)]);
    await ground.book.settled(tags, LAST_SURFACE_MS, RUN_LIMIT_MS);
    return await Promise.all(
      stories.map(async (story) => {
        const lines = await readFile(starts(story), 'utf8').catch(() => '');
        return judgeDepth(story, (tag) => ground.book.under(tag), lines.split('\n').filter(Boolean));
      }),
    );
  } finally {
    await submitters.close();
  }
}

/** For people: what ran and what came of it. */
export const labelOf = (fault: string, { ending, posts }: DepthRun): string =>
  `${fault}, ${ending}${posts.length > 0 ? `, ${posts.join()}` : ''}`;

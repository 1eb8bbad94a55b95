import { type CallOptions, type Clock, isLivywireError, type Logger, type RunRef } from '../core/index.js';
import type { ServerLogFile } from '../aws/index.js';
import type { LazyAws } from './aws.js';
import { LivyLines } from './livy-lines.js';
import { COPIED_WITHIN_MS, untilCopied } from './until-copied.js';

/** Of what is older nothing more will come. */
const OLD_MS = 1_800_000;
const MOST_LINES = 400;
/** A copy from before it failed tells of its beginning alone. */
const TROUBLE = /^\S+ \S+ +(?:WARN|ERROR|FATAL)\b/;
/** Where in Livy it noticed that spark-submit had ended, which says nothing of why, and is no exception of the job's. */
const OF_LIVY = /^\s+at |^java\.lang\.IllegalStateException: spark-submit start failed$/;

interface Sources {
  readonly aws: LazyAws;
  /** Of clusters: `s3://bucket/logs/j-3KVTXXXXXX7UG`. */
  readonly folders: readonly string[];
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * What Livy's server wrote about a batch, as EMR copies it to S3: for a batch that left no log, where Livy could not start its
 * spark-submit or lost it. A copy that tells of trouble is waited for, up to seven minutes, unless the run is old.
 */
export const livyServerWords =
  ({ aws, folders, clock, logger }: Sources) =>
  async (ref: RunRef, { signal }: Pick<CallOptions, 'signal'> = {}): Promise<readonly string[]> => {
    const isOld = clock.now() - Date.parse(ref.createdAt) > OLD_MS;
    let seen = { copies: '', lines: [] as readonly string[] };
    const look = async (): Promise<readonly string[]> => {
      const { room, clients } = await aws();
      const files: ServerLogFile[] = [];
      for (const folder of folders)
        files.push(...(await room.livyServerLogs(folder, { clients, ...(signal && { signal }) })));
      const recent = files.filter(({ modifiedMs }) => modifiedMs >= Date.parse(ref.createdAt));
      // A log of a day may be large: what was read is not read again.
      const copies = recent.map(({ place, modifiedMs }) => `${modifiedMs} ${place}`).join('\n');
      if (copies === seen.copies) return seen.lines;
      const about = new LivyLines(ref);
      const lines: string[] = [];
      for (const file of recent) for await (const line of file.lines()) if (about.includes(line)) lines.push(line);
      const told = about.named > 0 ? lines.filter((line) => !OF_LIVY.test(line)).slice(-MOST_LINES) : [];
      seen = { copies, lines: told };
      return told;
    };
    try {
      return await untilCopied(look, (lines) => lines.some((line) => TROUBLE.test(line)), {
        clock,
        signal,
        waitMs: isOld ? 0 : COPIED_WITHIN_MS,
        onWait: () =>
          logger.warn(
            "it failed and left no log: why is looked for in that of Livy's server, which EMR copies to S3 about every five minutes",
          ),
      });
    } catch (error) {
      signal?.throwIfAborted();
      if (!isLivywireError(error)) throw error;
      logger.warn("the log of Livy's server could not be read for the diagnosis", { error: error.message });
      return [];
    }
  };

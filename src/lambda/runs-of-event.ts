import { type Environment, environment } from './environment.js';
import type { JobForEvents } from './events/template.js';
import { loadEvents } from './later.js';
import type { RunPayload } from './payload-types.js';

/**
 * What an event of S3, EventBridge, SQS or Kinesis starts: a function that says it in payloads of `submit`, one for each thing that
 * happened, each with its key. `undefined` for a direct call. That function throws a ConfigError for what cannot be read.
 */
export async function runsOfEvent(
  event: unknown,
  job: JobForEvents | undefined,
  env: Environment = environment(),
): Promise<(() => readonly RunPayload[]) | undefined> {
  const { sourceOf, templateOf } = await loadEvents();
  const source = sourceOf(event);
  if (!source) return undefined;
  return () => {
    const makeJob = templateOf(job, env);
    return source.items
      .flatMap((item) => item.happenings())
      .flatMap((happening) => {
        const made = makeJob(happening);
        return made ? [{ ...made, key: happening.key }] : [];
      });
  };
}

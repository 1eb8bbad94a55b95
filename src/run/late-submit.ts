import { isFinal, type RunRef } from '../core/index.js';
import { answerOf } from './answer-of.js';
import type { EngineDeps } from './deps.js';

/** By then a Livy knows the application that its batch has started, and that it has ended: it asks YARN every 5 s. */
const KNOWN_WITHIN_MS = 15_000;
const LOOK_EVERY_MS = 1_000;

/**
 * Where more than one request was sent and the application of one of them has ended: what the backend still holds under the name, without an
 * application, is another one, whose `spark-submit` is on its way. It is stopped before it gets there. Resolves with what to say, a line or none.
 */
export async function stopLateSubmit(
  { backend, registry, clock, logger }: EngineDeps,
  ref: RunRef,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  // Known from YARN: else it is the backend's own word that it has ended. Other backends do not know applications.
  if (!registry || ref.appId === undefined || backend.kind !== 'livy') return [];
  const asked = { clock, who: backend.kind, signal };
  const { appId, ...rest } = ref;
  const now = (): number => clock.elapsed?.() ?? clock.now();
  for (const until = now() + KNOWN_WITHIN_MS; ; await clock.sleep(LOOK_EVERY_MS, signal)) {
    const held = await answerOf(asked, (options) => backend.find(ref.name, options));
    if (typeof held === 'string') return [`whether another request of this name is under way is not known: ${held}`];
    if (!held || isFinal(held) || held.appId !== undefined) return [];
    // Its spark-submit says so again and again; Livy may be kept from YARN.
    if (held.tail?.some((line) => line.includes(appId))) return [];
    if (now() < until) continue;
    const late = { ...rest, ...(held.id !== undefined && { id: held.id }) };
    const answer = await answerOf(asked, (options) => backend.stop(late, options));
    if (answer === 'ended' || answer === 'no-record') return [];
    const what = `another request of this name, ${backend.kind} ${held.id ?? ref.name}, had not started its application yet`;
    const said = answer === 'asked' ? `${what}; it was stopped` : `${what}; it was to be stopped: ${answer}`;
    logger.warn(said, { name: ref.name });
    return [said];
  }
}

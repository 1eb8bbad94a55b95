import {
  type AppReadOptions,
  type AppRegistry,
  type AppReport,
  type CallOptions,
  type Clock,
  isLivywireError,
} from '../core/index.js';
import { type Round, SharedQuestions } from './shared-questions.js';

/** Tags in one request: with those of livywire its address stays under the 8 kB that proxies take. */
const AT_ONCE = 100;

interface Wanted {
  readonly appId: string;
  readonly tag: string;
}

/**
 * Answers the reads of applications that are due at one time with a request for each hundred of them, by their tags. One that
 * is not shown so is asked for by its id, which alone can tell that there is no record of it.
 */
export function shareApps(registry: AppRegistry, clock: Clock): AppRegistry {
  const list = registry.byTags?.bind(registry);
  if (!list) return registry;
  const shared = new SharedQuestions<Wanted, AppReport | undefined>({
    clock,
    keyOf: ({ appId }) => appId,
    single: ({ appId }, options) => registry.byId(appId, options),
    together: (round) => lookUp(list, registry, round),
  });
  return {
    byId: (appId, { tag, ...options }: AppReadOptions = {}) =>
      tag === undefined ? registry.byId(appId, options) : shared.ask({ appId, tag }, options),
    byTag: (...args) => registry.byTag(...args),
    byTags: list,
    serverTime: (...args) => registry.serverTime(...args),
    kill: (...args) => registry.kill(...args),
  };
}

async function lookUp(
  list: (tags: readonly string[], options?: CallOptions) => Promise<readonly AppReport[]>,
  registry: Pick<AppRegistry, 'byId'>,
  round: Round<Wanted, AppReport | undefined>,
): Promise<number> {
  let isAnswered = false;
  const tags = [...new Set(round.questions.map(({ tag }) => tag))];
  for (let from = 0; from < tags.length && !round.isEmpty; from += AT_ONCE) {
    try {
      const { signal } = round;
      for (const app of await list(tags.slice(from, from + AT_ONCE), { signal })) {
        isAnswered = true;
        round.answer(app.appId, app);
      }
    } catch (error) {
      if (!isLivywireError(error)) throw error;
      break; // a list that is refused, cannot be read or is too much for a proxy says nothing of one
    }
  }
  // Whoever is out of reach, or not ready, is so for each of them: one is asked for before the others are.
  const { questions } = round;
  const one = isAnswered ? undefined : questions[Math.floor(Math.random() * questions.length)];
  if (one) round.answer(one.appId, await registry.byId(one.appId, { signal: round.signal }));
  return questions.length;
}

import type { AppRegistry, OutcomeSource } from '../core/index.js';
import type { Http } from '../http/index.js';

// What reads YARN's answers is loaded with the first question: a program that never asks it pays nothing for it.
const hadoop = () => import('../hadoop/index.js');

/** YARN's ResourceManager, loaded when it is first asked. */
export function lazyYarn(options: {
  readonly http: Http;
  readonly user?: string | undefined;
  readonly seesAllApps?: boolean | undefined;
}): AppRegistry {
  const { http, user, seesAllApps } = options;
  let loading: Promise<AppRegistry> | undefined;
  const yarn = () =>
    (loading ??= hadoop().then(
      ({ YarnRegistry }) =>
        new YarnRegistry({
          http,
          ...(user !== undefined && { user }),
          ...(seesAllApps !== undefined && { seesAllApps }),
        }),
    ));
  return {
    byId: async (...args) => (await yarn()).byId(...args),
    byTag: async (...args) => (await yarn()).byTag(...args),
    serverTime: async (...args) => (await yarn()).serverTime(...args),
    kill: async (...args) => (await yarn()).kill(...args),
  };
}

/** Spark's History Server, loaded when it is first asked. */
export function lazyHistory(http: Http): OutcomeSource {
  let loading: Promise<OutcomeSource> | undefined;
  const history = () => (loading ??= hadoop().then(({ SparkHistory }) => new SparkHistory({ http })));
  return { source: 'history-server', status: async (...args) => (await history()).status(...args) };
}

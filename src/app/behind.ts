import {
  type AppRegistry,
  type Clock,
  type DriverLogReader,
  type DriverLogSource,
  type LogArchive,
  once,
  type OutcomeSource,
} from '../core/index.js';
import type * as hadoop from '../hadoop/index.js';
import type { Http } from '../http/index.js';

/** What reads YARN's answers is loaded with the first question, once: a program that never asks it pays nothing for it. */
export function lazily<T>(make: (room: typeof hadoop) => T): () => Promise<T> {
  return once(async () => make(await import('../hadoop/index.js')));
}

/** YARN's ResourceManager, loaded when it is first asked. */
export function lazyYarn(options: {
  readonly http: Http;
  /** More than one where one of several ResourceManagers is active, `http` among them. */
  readonly https?: readonly Http[];
  readonly user?: string | undefined;
  readonly seesAllApps?: boolean | undefined;
}): AppRegistry {
  const { http, https = [http], user, seesAllApps } = options;
  const who = { ...(user !== undefined && { user }), ...(seesAllApps !== undefined && { seesAllApps }) };
  const yarn = lazily<AppRegistry>(({ YarnHa, YarnRegistry }) =>
    https.length > 1 ? new YarnHa({ https, ...who }) : new YarnRegistry({ http, ...who }),
  );
  return {
    byId: async (...args) => (await yarn()).byId(...args),
    byTag: async (...args) => (await yarn()).byTag(...args),
    byTags: async (...args) => (await (await yarn()).byTags?.(...args)) ?? [],
    serverTime: async (...args) => (await yarn()).serverTime(...args),
    kill: async (...args) => (await yarn()).kill(...args),
  };
}

/** Spark's History Server, loaded when it is first asked. */
export function lazyHistory(http: Http): OutcomeSource {
  const history = lazily(({ SparkHistory }) => new SparkHistory({ http }));
  return { source: 'history-server', status: async (...args) => (await history()).status(...args) };
}

/** The driver's containers, loaded when one is first looked for. */
export function lazyDriverLog(options: {
  readonly https: readonly Http[];
  readonly reach: (baseUrl: string, service: string) => Http;
  readonly user?: string | undefined;
  readonly logServerUrl?: string | undefined;
  readonly history?: Http | undefined;
  readonly archive?: LogArchive | undefined;
  readonly clock: Clock;
}): DriverLogSource {
  const { https, reach, clock, user, logServerUrl, history, archive } = options;
  return lazyLog(
    lazily(
      ({ DriverLog }) =>
        new DriverLog({
          https,
          reach,
          clock,
          ...(user !== undefined && { user }),
          ...(logServerUrl !== undefined && { logServerUrl }),
          ...(history && { history }),
          ...(archive && { archive }),
        }),
    ),
  );
}

/** A log whose code is loaded when it is first read. */
export function lazyLog(source: () => Promise<DriverLogSource>): DriverLogSource {
  return {
    open(ref, opening) {
      let opened: DriverLogReader | undefined;
      const reader = async () => (opened ??= (await source()).open(ref, opening));
      return {
        get suffices() {
          return opened?.suffices ?? false;
        },
        minPauseMs: 1_000,
        async *read(...args) {
          yield* (await reader()).read(...args);
        },
        async *finish(...args) {
          yield* (await reader()).finish(...args);
        },
      };
    },
  };
}

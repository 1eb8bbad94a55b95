import { type Clock, systemClock } from '../../core/index.js';
import { type Auth, basicAuth } from '../../http/index.js';
import type { EmrApi } from './emr-api.js';

/** Renewed when less than this share of their life is left. */
const RENEW_SHARE = 0.2;
const USUAL_LIFE_MS = 3_600_000;
/** EMR lets a new pair through every two seconds; a Livy that refuses them all must not keep us asking. */
const LEAST_APART_MS = 5_000;

interface Pair {
  readonly auth: Auth;
  readonly madeAt: number;
  readonly renewAt: number;
}

/**
 * Livy in the name of a runtime role: a user name and a password of EMR's, renewed before they expire and after a refusal.
 * Requests that run side by side share one pair. Nothing of it is written anywhere.
 */
export function runtimeRoleAuth(
  api: Pick<EmrApi, 'sessionCredentials'>,
  {
    clusterId,
    role,
    clock = systemClock,
  }: { readonly clusterId: string; readonly role: string; readonly clock?: Clock },
): Auth {
  let current: Promise<Pair> | undefined;
  const fetch = (): Promise<Pair> => {
    // Not the signal of whoever comes first: others wait for the same pair.
    const asked = api.sessionCredentials(clusterId, role).then(({ user, password, expiresAt }) => {
      const madeAt = clock.now();
      const lifeMs = Math.max(0, (expiresAt ?? madeAt + USUAL_LIFE_MS) - madeAt);
      return { auth: basicAuth(user, password), madeAt, renewAt: madeAt + lifeMs * (1 - RENEW_SHARE) };
    });
    current = asked;
    asked.catch(() => {
      if (current === asked) current = undefined; // the next request asks again
    });
    return asked;
  };
  const isOld = ({ renewAt }: Pair): boolean => clock.now() >= renewAt;
  return {
    async headers(request, options) {
      const known = current ?? fetch();
      const pair = await known;
      const headers = await pair.auth.headers(request, options);
      const isRefused = options.refresh && headers.Authorization === options.refused?.Authorization;
      const mayAsk = isOld(pair) || (isRefused && clock.now() - pair.madeAt >= LEAST_APART_MS);
      if (!mayAsk) return headers;
      const next = current === undefined || current === known ? fetch() : current;
      return (await next).auth.headers(request, options);
    },
  };
}

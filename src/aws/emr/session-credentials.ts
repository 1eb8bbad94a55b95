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
  readonly endsAt: number;
}

/**
 * Livy in the name of a runtime role: a user name and a password of EMR's, renewed before they expire and after a refusal.
 * Requests that run side by side share one pair. While EMR gives no new one (it throttles, say), the old one is used for as long as
 * it holds. Nothing of it is written anywhere.
 */
export function runtimeRoleAuth(
  api: Pick<EmrApi, 'sessionCredentials'>,
  {
    clusterId,
    role,
    clock = systemClock,
  }: { readonly clusterId: string; readonly role: string; readonly clock?: Clock },
): Auth {
  let current: Pair | undefined;
  let asking: Promise<Pair> | undefined;
  let failedAt = -Infinity;
  // Not the signal of whoever comes first: others wait for the same pair.
  const fetch = (): Promise<Pair> => (asking ??= ask().finally(() => (asking = undefined)));
  const ask = async (): Promise<Pair> => {
    try {
      const { user, password, expiresAt } = await api.sessionCredentials(clusterId, role);
      const madeAt = clock.now();
      const lifeMs = Math.max(0, (expiresAt ?? madeAt + USUAL_LIFE_MS) - madeAt);
      const renewAt = madeAt + lifeMs * (1 - RENEW_SHARE);
      return (current = { auth: basicAuth(user, password), madeAt, renewAt, endsAt: madeAt + lifeMs });
    } catch (error) {
      failedAt = clock.now();
      throw error;
    }
  };
  const isOld = ({ renewAt }: Pair): boolean => clock.now() >= renewAt;
  const renewed = async (pair: Pair, isRefused: boolean): Promise<Pair> => {
    if (current !== undefined && current !== pair) return current;
    const holds = (): boolean => !isRefused && clock.now() < pair.endsAt;
    if (holds() && clock.now() - failedAt < LEAST_APART_MS) return pair;
    try {
      return await fetch();
    } catch (error) {
      if (holds()) return pair;
      throw error;
    }
  };
  return {
    async headers(request, options) {
      const pair = current ?? (await fetch());
      const headers = await pair.auth.headers(request, options);
      const isRefused = options.refresh && headers.Authorization === options.refused?.Authorization;
      // Also one that is over already by our clock, which may be wrong.
      const mayAsk = (isOld(pair) || isRefused) && clock.now() - pair.madeAt >= LEAST_APART_MS;
      return mayAsk ? (await renewed(pair, isRefused)).auth.headers(request, options) : headers;
    },
  };
}

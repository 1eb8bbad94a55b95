import {
  type AppReport,
  type AttemptRecord,
  AuthError,
  isLivywireError,
  type LivywireError,
  type RunStatus,
  UnreachableError,
} from '../core/index.js';
import type { EngineDeps } from './deps.js';
import { firstOf, statusOfApp } from './app-status.js';

/** What a look for an attempt's name came to. */
export type Sighting =
  /** `app`: where it is YARN that showed it. */
  | { readonly kind: 'found'; readonly status: RunStatus; readonly app?: AppReport }
  /** The backend holds the name, but nothing shows that it ever began: perhaps the leftover of a refused request. */
  | { readonly kind: 'suspect'; readonly status: RunStatus }
  /** Everyone who could know was asked, and answered no. */
  | { readonly kind: 'absent' }
  /**
   * `isSilence`: somebody did not answer; else all did, and their answers prove nothing. `away`: neither the backend nor the
   * resource manager so much as took a connection.
   */
  | {
      readonly kind: 'unknown';
      readonly reason: string;
      readonly isSilence: boolean;
      readonly away?: UnreachableError | undefined;
    };

/** Looks for an attempt at the backend by name, and at the resource manager by tag. */
export class Lookout {
  readonly #deps: EngineDeps;
  readonly #name: string;
  constructor(deps: EngineDeps, name: string) {
    this.#deps = deps;
    this.#name = name;
  }

  /** `posts`: what was sent already; absence at the resource manager counts only if it was there before the first one. */
  async look(posts: AttemptRecord['posts'], signal?: AbortSignal): Promise<Sighting> {
    const firstPostMs = posts[0]?.serverMs;
    const { backend, registry } = this.#deps;
    const options = signal && { signal };
    const held = await answerOf(() => backend.find(this.#name, options), { signal, authIsFatal: true });
    if ('answer' in held && held.answer && !neverBegan(held.answer)) return { kind: 'found', status: held.answer };
    const search =
      registry &&
      (await answerOf(
        () => registry.byTag(this.#name, { ...options, ...(firstPostMs !== undefined && { sinceMs: firstPostMs }) }),
        { signal },
      ));
    if (search && 'answer' in search && search.answer.kind === 'found') {
      const app = firstOf(search.answer.apps);
      if (app)
        return {
          kind: 'found',
          app,
          status: { ...statusOfApp(app), ...('answer' in held && held.answer && pickId(held.answer)) },
        };
    }
    if (search && 'problem' in search) {
      const away = 'problem' in held ? awayOf(held.problem, search.problem) : undefined;
      return { ...silence(search.problem), ...(away && { away }) };
    }
    if ('problem' in held) {
      // YARN alone can prove absence of an application, but we could send nothing while the backend is silent.
      return silence(held.problem);
    }
    if (search && 'answer' in search && search.answer.kind === 'unknown')
      return { kind: 'unknown', reason: search.answer.reason, isSilence: false };
    if (search && posts.length > 0 && firstPostMs === undefined) {
      const reason = 'YARN could not be asked for its time when the first request was sent';
      return { kind: 'unknown', reason, isSilence: false };
    }
    return held.answer ? { kind: 'suspect', status: held.answer } : { kind: 'absent' };
  }
}

const silence = ({ message: reason }: LivywireError) => ({ kind: 'unknown', reason, isSilence: true }) as const;

const awayOf = (backend: LivywireError, yarn: LivywireError): UnreachableError | undefined =>
  [backend, yarn].every((one) => one instanceof UnreachableError && one.reached === 'no')
    ? new UnreachableError(`${backend.message}; nor does YARN answer (${yarn.message}); no request was sent`, 'no', {
        cause: backend,
      })
    : undefined;

const pickId = ({ id }: RunStatus): Pick<RunStatus, 'id'> => (id === undefined ? {} : { id });

/** `starting`, without application and without a line of log: a live batch shows at least its streams' headings. */
export const neverBegan = ({ raw, appId, tail = [] }: RunStatus): boolean =>
  raw === 'starting' && appId === undefined && tail.length === 0;

/** A service's failure is an answer of a kind; the backend's refusal of our credentials and the caller's abort are not. */
async function answerOf<T>(
  ask: () => Promise<T>,
  { signal, authIsFatal = false }: { readonly signal: AbortSignal | undefined; readonly authIsFatal?: boolean },
): Promise<{ answer: T } | { problem: LivywireError }> {
  try {
    return { answer: await ask() };
  } catch (error) {
    signal?.throwIfAborted();
    if (!isLivywireError(error) || (authIsFatal && error instanceof AuthError)) throw error;
    return { problem: error };
  }
}

import type { Backend, Clock, RunRef, RunStatus } from '../core/index.js';
import { type Round, SharedQuestions } from './shared-questions.js';

/** Of a backend's list; a server that gives other pages costs another number of requests. */
const PAGE = 100;

/**
 * Answers the status reads that are due at one time with one walk through the backend's list, so that a
 * thousand runs cost pages and not requests. Each has its answer as soon as its page is there, and the walk ends with the last of them. A run
 * that is not on any page is asked for by itself before it counts as gone.
 */
export function shareReads(backend: Backend, clock: Clock): Pick<Backend, 'status'> {
  const shared = new SharedQuestions<RunRef, RunStatus | undefined>({
    clock,
    keyOf: ({ name }) => name,
    single: (ref, options) => backend.status(ref, options),
    together: (round) => walk(backend, round),
  });
  return { status: (ref, options) => shared.ask(ref, options) };
}

async function walk(backend: Backend, round: Round<RunRef, RunStatus | undefined>): Promise<number> {
  let shown = 0;
  for await (const status of backend.list({ signal: round.signal })) {
    shown += 1;
    if (status.name !== undefined) round.answer(status.name, status, (ref) => matches(ref, status));
    if (round.isEmpty) break;
  }
  return Math.ceil(shown / PAGE);
}

/** The id under this name must be the one we know. Where we know none, the backend says which of several of a name counts. */
const matches = (ref: RunRef, status: RunStatus): boolean =>
  ref.id !== undefined &&
  status.id === ref.id &&
  (ref.appId === undefined || status.appId === ref.appId || (status.appId === undefined && ref.name !== ''));

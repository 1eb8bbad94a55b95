import type { CallOptions, Diagnosis } from '../core/index.js';
import { type Session, splitLog } from '../livy/index.js';
import { SessionDeadError } from './errors.js';
import type { Seat } from './seat.js';

/** What the session's log still holds; its view's last lines where the server shows no log. */
export async function logOf({ livy, key }: Seat, view: Session | undefined, options?: CallOptions): Promise<string[]> {
  const { log } = await livy.sessions.log(key, { size: -1, ...options }).catch(() => ({ log: view?.log ?? [] }));
  const { stdout, stderr, diagnostics } = splitLog(log);
  return [...stdout, ...stderr, ...diagnostics];
}

async function diagnosisOf(seat: Seat, view: Session, options?: CallOptions): Promise<Diagnosis | undefined> {
  const lines = await logOf(seat, view, options);
  if (lines.length === 0) return undefined;
  const { diagnose } = await import('../diagnosis/index.js');
  return diagnose({
    status: { raw: view.state, state: 'failed' },
    lines: lines.map((text, i) => ({ source: 'livy', line: i + 1, text })),
  });
}

/** Why a session takes no statement any more. */
export async function deadError(
  seat: Seat,
  view: Session | undefined,
  options?: CallOptions,
): Promise<SessionDeadError> {
  if (!view) {
    const why = 'it was closed, or ended by a timeout of its server, or the server was started anew';
    return new SessionDeadError(`Session ${seat.name} is gone: ${why}`, undefined, undefined);
  }
  const diagnosis = await diagnosisOf(seat, view, options);
  const known = diagnosis && diagnosis.code !== 'UNKNOWN';
  const why = known ? `: ${diagnosis.title}` : view.state === 'killed' ? ': somebody stopped its application' : '';
  return new SessionDeadError(`Session ${seat.name} is ${view.state}${why}`, view.state, diagnosis);
}

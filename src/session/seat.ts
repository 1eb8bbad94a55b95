import { HttpStatusError, type CallOptions } from '../core/index.js';
import { isLivyNotFound, type LivyClient, type Session } from '../livy/index.js';

/** One session of one Livy, and how it is addressed. */
export interface Seat {
  readonly livy: LivyClient;
  readonly name: string;
  readonly id: number;
  /** Its name, for ids are given anew by a server that lost its memory; its id where the server knows no names in paths. */
  readonly key: string | number;
}

const isNotFound = (error: unknown): boolean => error instanceof HttpStatusError && error.status === 404;

/** The session that holds this name now. */
export async function findSeat(
  livy: LivyClient,
  name: string,
  options?: CallOptions,
): Promise<{ readonly seat: Seat; readonly view: Session } | undefined> {
  try {
    const view = await livy.sessions.get(name, options);
    if (view.name === name) return { seat: { livy, name, id: view.id, key: name }, view };
  } catch (error) {
    if (!isNotFound(error)) throw error;
    if (isLivyNotFound(error)) return undefined;
  }
  // EMR Serverless documents ids only; the list shows names everywhere.
  for await (const view of livy.sessions.list(options)) {
    if (view.name === name) return { seat: { livy, name, id: view.id, key: view.id }, view };
  }
  return undefined;
}

/** One reading; `undefined` when Livy has none by that name (any more). */
export async function readSeat({ livy, key, name }: Seat, options?: CallOptions): Promise<Session | undefined> {
  try {
    const view = await livy.sessions.get(key, options);
    return view.name === name ? view : undefined;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Ends the session; one that is gone already is fine. */
export async function closeSeat(seat: Seat, options?: CallOptions): Promise<void> {
  // By an id it may be another's by now.
  if (typeof seat.key === 'number' && !(await readSeat(seat, options))) return;
  try {
    await seat.livy.sessions.delete(seat.key, options);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

export const isReady = ({ state }: Session): boolean => state === 'idle' || state === 'busy';
/** It will take no statement any more. A state that we have never seen is waited on. */
export const isOver = ({ state }: Session): boolean => ['dead', 'killed', 'error', 'success'].includes(state);

import type { CallOptions, RunRef } from '../core/index.js';
import type { LivyClient } from './client.js';
import { isLivyNotFound } from './door.js';
import { badAnswer } from './read.js';
import type { Batch } from './wire.js';

/** Whether Livy may know the run at all: one that was found at YARN has neither id nor name here. */
export const isLivys = ({ id, name }: Pick<RunRef, 'id' | 'name'>): boolean => id !== undefined || name !== '';

/** By what Livy is asked where the batch is known to be ours: its name, which Livy itself checks, else its id. */
export const addressOf = (batch: Batch): string =>
  batch.name === undefined || batch.name === '' ? String(batch.id) : batch.name;

/**
 * The batch of this ref: by id, else by name. Another name or application means that the id or the name was given
 * anew. Where only one of id and name is known, a known application has to stand for the other.
 */
export async function ownBatch(client: LivyClient, ref: RunRef, options?: CallOptions): Promise<Batch | undefined> {
  const { attempt, id, name, appId } = ref;
  if (!isLivys(ref)) return undefined;
  const atId = id === undefined ? undefined : await batchAt(client, id, options);
  const isOurs = atId !== undefined && (atId.name ?? '') === name;
  // Ids are given anew by a Livy that lost its memory. Livywire's own names are proof without one; another's may be used again.
  const isProof = id === undefined || attempt > 0;
  const batch = isOurs ? atId : isProof && name !== '' ? await batchNamed(client, name, options) : undefined;
  if (!batch) return undefined;
  if (appId === undefined || batch.appId === appId) return batch;
  return batch.appId === undefined && isOurs && name !== '' ? batch : undefined;
}

/** An answer under another name, or none, is no proof that nobody holds ours. @throws BadAnswerError */
export async function batchNamed(client: LivyClient, name: string, options?: CallOptions): Promise<Batch | undefined> {
  const batch = await batchAt(client, name, options);
  if (batch && batch.name !== name) throw badAnswer(`the batch ${name} that was asked for`, batch);
  return batch;
}

/** `undefined` when Livy itself says that there is none; a 404 of something else is thrown. */
async function batchAt(client: LivyClient, idOrName: string, options?: CallOptions): Promise<Batch | undefined> {
  try {
    return await client.batches.get(idOrName, options);
  } catch (error) {
    if (isLivyNotFound(error)) return undefined;
    throw error;
  }
}

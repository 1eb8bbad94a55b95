import { recordFromText, type RunRecord } from '../../core/index.js';

/**
 * A record as it stands in S3: with the id of the write that put it there. It makes every version another one, also for
 * S3, whose ETag may be no more than a hash of the content, and tells a writer its own write from somebody else's.
 */
export const recordText = {
  write: (record: RunRecord, writeId: string): string => `${JSON.stringify({ ...record, writeId })}\n`,
  /** @throws LedgerError that names the place */
  read(place: string, text: string): RunRecord {
    const { writeId: _, ...record } = recordFromText(place, text) as RunRecord & { readonly writeId?: string };
    return record;
  },
};

export function writeIdOf(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { readonly writeId?: string } | null)?.writeId;
  } catch {
    return undefined;
  }
}

import { findThrown, type Rule } from '../rule.js';

/** Two writers of one table. */
export const writeConflict: Rule = {
  code: 'WRITE_CONFLICT',
  about: 'Another job changed the same table (Delta, Iceberg, Hudi) while this one wrote to it.',
  transient: true,
  next: [
    'Run it again: what it would have written was not committed',
    'Keep writers apart: one at a time per table, or partitions that do not overlap, named in the condition of the write',
  ],
  unproven: 'the table formats are not part of Spark; the names are those of their exceptions',
  match: (view) =>
    findThrown(view, [
      { type: /(?:^|\.)(?:Concurrent(?:Append|DeleteRead|DeleteDelete|Transaction|Modification|Write)Exception|MetadataChangedException|ProtocolChangedException|CommitFailedException|ValidationException|HoodieWriteConflictException)$/, says: /conflict|concurrent|another (?:transaction|process)|has been (?:updated|changed|modified)|Found new|changed (?:by|in)|refresh/i }, // prettier-ignore
      {
        says: /DELTA_CONCURRENT_\w{1,60}|Cannot commit: stale table metadata|Requirement failed: branch main has changed/,
      },
    ]),
};

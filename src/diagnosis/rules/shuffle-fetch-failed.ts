import { findThrown, type Rule } from '../rule.js';

/** The shuffle's data was gone, or could not be had. */
export const shuffleFetchFailed: Rule = {
  code: 'SHUFFLE_FETCH_FAILED',
  about: 'Tasks could not read the shuffle data of others, mostly because the executors that held it are gone.',
  transient: true,
  next: [
    'Run it again; if it comes again, see what the executors died of: livywire logs --executors',
    'Keep the data when executors go: spark.shuffle.service.enabled=true; on EMR use no spot machines for core nodes',
    'Make shuffles smaller: more partitions (spark.sql.shuffle.partitions); or wait longer, spark.network.timeout=600s',
  ],
  match: (view) =>
    findThrown(view, [
      { type: /MetadataFetchFailedException$/ },
      { type: /FetchFailedException$/ },
      { type: /^FetchFailed$/ },
      { says: /A shuffle map stage with indeterminate output was failed and retried/ },
    ]),
};

import { findThrown, findTold, type Rule } from '../rule.js';

/** In the cluster the application master waits for the driver's SparkContext. */
export const contextNotStarted: Rule = {
  code: 'CONTEXT_NOT_STARTED',
  about: 'The job made no SparkSession, or none that belongs to the cluster, before YARN lost patience or it ended.',
  transient: false,
  next: [
    'Make the session first: SparkSession.builder.getOrCreate(), before long downloads and computations',
    'Set no master in the code: .master("local[*]") makes a Spark of its own beside the cluster',
    'If it only takes long: --conf spark.yarn.am.waitTime=300s (100s by default)',
  ],
  unproven: 'not made; the words are those of the application master',
  match: (view) =>
    findThrown(view, [
      { says: /User did not initialize spark context/ },
      { says: /SparkContext did not initialize after waiting for \d{1,12} ms/ },
      { type: /TimeoutException$/, says: /^Futures timed out after \[\d{1,9} milliseconds\]/, title: () => 'The driver made no SparkContext within spark.yarn.am.waitTime' }, // prettier-ignore
    ].filter((_, i) => i < 2 || view.verdict.masterExit === 13)) ??
    findTold(view, [{ says: /User did not initialize spark context|SparkContext did not initialize after waiting for \d{1,12} ms/, title: ([words]) => words }]), // prettier-ignore
};

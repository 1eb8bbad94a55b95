import { findThrown, type Rule } from '../rule.js';

/** Spark does not understand, or cannot do, what it is asked for. */
export const sqlAnalysis: Rule = {
  code: 'SQL_ANALYSIS',
  about: 'A query is no SQL, or names columns, tables or functions that are not there.',
  transient: false,
  next: [
    'Compare with what is there: df.printSchema(), spark.sql("show tables in db"); the message suggests names that are near',
    'If the table should be there: the catalog that this cluster uses (Hive metastore or Glue), and enableHiveSupport()',
  ],
  match: (view) =>
    findThrown(view, [
      { type: /(?:AnalysisException|ParseException|NoSuchTableException|NoSuchDatabaseException|NoSuchNamespaceException|NoSuchFunctionException|NoSuchPartitionException)$/ }, // prettier-ignore
    ]),
};

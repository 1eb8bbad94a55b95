import { findThrown, type Rule } from '../rule.js';

/** A file system, or a database, says no. */
export const permissionDenied: Rule = {
  code: 'PERMISSION_DENIED',
  about: 'The user that the job runs as may not read or write there: HDFS, a local disk, a catalog.',
  transient: false,
  next: [
    "See as whom it runs: the application's user in YARN; --proxy-user runs it as another, where Livy may do that",
    'Give that user the folder: hdfs dfs -chown or -setfacl; in YARN write to HDFS or S3, not to local paths',
  ],
  unproven: 'no HDFS with permissions was at hand; the words are those of Hadoop, the JVM and Python',
  match: (view) =>
    findThrown(view, [
      { type: /AccessControlException$/ },
      { says: /^Permission denied: user=\S{1,100}, access=/ },
      { lang: 'python', type: /^PermissionError$/ },
      { type: /AccessDeniedException$/ },
      { type: /FileNotFoundException$|IOException$/, says: /\(Permission denied\)|Permission denied$|^Mkdirs failed to create/ }, // prettier-ignore
    ]),
};

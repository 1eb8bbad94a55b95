import { findThrown, type Rule } from '../rule.js';

const FILE = /^(?!.{0,200}(?:blockmgr-|shuffle_\d|_temporary\/|Too many open files))(?:File |.{0,300}No such file or directory|.{0,200}does not exist|\S{0,300} doesn't exist)/; // prettier-ignore

/** What it reads is not there. */
export const inputPathMissing: Rule = {
  code: 'INPUT_PATH_MISSING',
  about: 'A file, folder or bucket that it reads is not there.',
  transient: false,
  next: [
    'See that it is there, and spelled so: aws s3 ls, hdfs dfs -ls; a path without a scheme means the file system of fs.defaultFS',
    'If another job writes it, run after that job has ended: its _SUCCESS marker',
    'A local path is looked for on the machine of the driver or executor: send such files along with --files',
  ],
  match: (view) =>
    findThrown(view, [
      { says: /PATH_NOT_FOUND|^Path does not exist|^u?['"]?Path does not exist/ },
      { says: /Input (?:path|Pattern) (?:does not exist|\S{1,500} matches 0 files)/ },
      { says: /It is possible the underlying files have been updated/ },
      { type: /FileNotFoundException$|NoSuchFileException$|FileNotExistException$/, says: FILE },
      { lang: 'python', type: /^FileNotFoundError$/ },
      { says: /NoSuchBucket|The specified bucket does not exist|NoSuchKey|The specified key does not exist/ },
      { lang: 'python', type: /ClientError$/, says: /\((?:NoSuchKey|NoSuchBucket|404)\)/ },
    ]),
};

import { findThrown, findTold, type Rule } from '../rule.js';

/** A disk of the cluster is full. */
export const diskFull: Rule = {
  code: 'DISK_FULL',
  about: 'A local disk of the driver or of an executor is full: shuffles, spills and caches live there.',
  transient: false,
  next: [
    'Give the machines more disk: on EMR larger EBS volumes, spread over several; spark.local.dir and yarn.nodemanager.local-dirs name the folders',
    'Or spill less: more executors and partitions, fewer columns before the shuffle, no persist() of what is used once',
  ],
  unproven: 'no disk was filled; the words are those of the JVM, Python and Hadoop',
  match: (view) =>
    findThrown(view, [
      { says: /No space left on device|There is not enough space on the disk/ },
      { type: /DiskErrorException$|DiskOutOfSpaceException$/ },
      { lang: 'python', type: /^(?:OSError|IOError)$/, says: /\[Errno 28\]/ },
    ]) ?? findTold(view, [{ says: /No space left on device|Could not find any valid local directory for .{0,120}/ }]),
};

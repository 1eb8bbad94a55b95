import { findTold, type Rule } from '../rule.js';

/** Livy reads local files only where its whitelist says so; from elsewhere the path means another machine. */
export const localPathRefused: Rule = {
  code: 'LOCAL_PATH_REFUSED',
  about: 'Livy does not read files of its own machine outside `livy.file.local-dir-whitelist`.',
  transient: false,
  next: [
    'Put the file where the cluster reads it, and name it so: s3://bucket/jobs/etl.py, or hdfs:///jobs/etl.py',
    'Or add its folder to livy.file.local-dir-whitelist in livy.conf, on every machine that runs a Livy',
  ],
  match: (view) =>
    findTold(view, [{ says: /Local path (\S{1,500}) cannot be added to user sessions/, title: ([, path]) => `Livy refuses the local path ${path}` }]), // prettier-ignore
};

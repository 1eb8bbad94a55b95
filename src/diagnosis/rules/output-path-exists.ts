import { findThrown, type Rule } from '../rule.js';

/** The result of an earlier run is in the way. */
export const outputPathExists: Rule = {
  code: 'OUTPUT_PATH_EXISTS',
  about: 'The folder or table that it is to write is there already.',
  transient: false,
  next: [
    'Say what is to become of it: df.write.mode("overwrite"), or "append"; with an RDD write to a new folder',
    'If an earlier attempt of this job left it, see that it is whole: its _SUCCESS marker',
  ],
  match: (view) =>
    findThrown(view, [
      { type: /FileAlreadyExistsException$/ },
      { says: /^(?:\[PATH_ALREADY_EXISTS\] )?[Pp]ath \S{1,500} already exists/ },
      { says: /^Output directory \S{1,500} already exists/ },
      { type: /TableAlreadyExistsException$|TempTableAlreadyExistsException$/ },
      { says: /TABLE_OR_VIEW_ALREADY_EXISTS|LOCATION_ALREADY_EXISTS|associated location\(.{1,300}\) already exists|^Table .{1,200} already exists/ }, // prettier-ignore
      { lang: 'python', type: /^FileExistsError$/ },
    ]),
};

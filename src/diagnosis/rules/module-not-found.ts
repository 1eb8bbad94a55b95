import { findThrown, type Rule } from '../rule.js';

/** Python does not find what it imports. */
export const moduleNotFound: Rule = {
  code: 'MODULE_NOT_FOUND',
  about: 'A Python module, or a name in it, is not there where the driver or the executors import it.',
  transient: false,
  next: [
    'Send your own modules along: --py-files s3://bucket/deps.zip (a zip or .py files)',
    'Send installed packages as a packed environment: --archives env.tar.gz#env with spark.pyspark.python=./env/bin/python, or install them on every machine (EMR bootstrap action)',
  ],
  match: (view) =>
    findThrown(view, [
      { lang: 'python', type: /^ModuleNotFoundError$/ },
      { lang: 'python', type: /^ImportError$/ },
      { says: /^(?:No module named \S{1,100})$/ },
    ]),
};

import { findThrown, type Rule, type Thrown } from '../rule.js';

const OTHER_MACHINE = [
  "A compiled part of a package is not there for this Python or this machine: with --requirements give the cluster's Python, as in --python-version 3.11, and on Graviton --platform aarch64 (with --cluster both are looked up, unless the flags say otherwise)",
  'Or send a packed environment that brings its own Python: --archives env.tar.gz#env with spark.pyspark.python=./env/bin/python, packed on a machine like those of the cluster',
];

/** Compiled modules are called so by custom: `markupsafe._speedups`, `numpy.core._multiarray_umath`, `pandas._libs.interval`. */
const compiled: readonly Thrown[] = [
  {
    lang: 'python',
    type: /^(?:ModuleNotFoundError|ImportError)$/,
    says: /No module named '?\w{1,80}(?:\.\w{1,80}){0,8}\._(?!_)\w{1,80}|cannot import name '_(?!_)\w{1,80}' from '|undefined symbol|invalid ELF header|wrong ELF class|version `GLIBC|C-extensions failed/,
    next: OTHER_MACHINE,
  },
];

/** Python does not find what it imports. */
export const moduleNotFound: Rule = {
  code: 'MODULE_NOT_FOUND',
  about: 'A Python module, or a name in it, is not there where the driver or the executors import it.',
  transient: false,
  next: [
    'Send your own modules along: --py-files s3://bucket/deps.zip (a zip or .py files)',
    "Send installed packages along: --requirements requirements.txt with --stage s3://bucket/prefix brings wheels for the cluster's Python (--python-version where it is not known)",
    'Or send them as a packed environment: --archives env.tar.gz#env with spark.pyspark.python=./env/bin/python, or install them on every machine (EMR bootstrap action)',
  ],
  match: (view) =>
    findThrown(view, [
      ...compiled,
      { lang: 'python', type: /^ModuleNotFoundError$/ },
      { lang: 'python', type: /^ImportError$/ },
      { says: /^(?:No module named \S{1,100})$/ },
    ]),
};

import test from 'ava';
import type { Diagnosis, RunStatus } from '../../src/core/index.js';
import { diagnose } from '../../src/diagnosis/index.js';

const status: RunStatus = { raw: 'dead', state: 'failed', source: 'livy', links: {} };
const of = (words: string): Diagnosis => {
  const text = `Traceback (most recent call last):\n  File "/srv/jobs/etl.py", line 3, in <module>\n    import it\n${words}`;
  return diagnose({ status, lines: text.split('\n').map((line) => ({ source: 'stdout', text: line })) });
};

// The first two were seen on YARN with wheels for Python 3.9 in front of a Python 3.11.
for (const words of [
  "ImportError: cannot import name '_speedups' from 'markupsafe' (/mnt/yarn/deps/markupsafe/__init__.py)",
  "ModuleNotFoundError: No module named 'markupsafe._speedups'",
  "ModuleNotFoundError: No module named 'numpy.core._multiarray_umath'",
  "ModuleNotFoundError: No module named 'pandas._libs.interval'",
  "ImportError: /lib64/libc.so.6: version `GLIBC_2.34' not found (required by /mnt/yarn/deps/x.so)",
]) {
  test(`a compiled part that is missing leads to the Python that wheels are for: ${words.slice(0, 60)}`, (t) => {
    const { code, next } = of(words);
    t.is(code, 'MODULE_NOT_FOUND');
    t.regex(next[0] ?? '', /--requirements.*--python-version/);
    t.notRegex(next.join(), /--py-files/);
  });
}

for (const words of [
  "ModuleNotFoundError: No module named 'holidays'",
  "ModuleNotFoundError: No module named 'mine.rules'",
  "ImportError: cannot import name 'loadz' from 'json' (/usr/lib/python3.11/json/__init__.py)",
  "ModuleNotFoundError: No module named '_mine'",
]) {
  test(`a module that is just not there is one to send along: ${words.slice(0, 60)}`, (t) => {
    const { code, next } = of(words);
    t.is(code, 'MODULE_NOT_FOUND');
    t.regex(next[0] ?? '', /--py-files/);
    t.regex(next[1] ?? '', /--requirements/);
  });
}

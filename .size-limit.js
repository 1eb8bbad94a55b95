// Budgets for what is read at start: the entry and what it imports statically, without what is loaded on demand.
import { readFileSync } from 'node:fs';

/** The files of dist/ that importing this entry reads, from esbuild's own record of the build. */
function startUpFiles(build, entry) {
  const { outputs } = JSON.parse(readFileSync(`dist/meta/${build}.json`, 'utf8'));
  const files = new Set();
  const visit = (file) => {
    if (files.has(file)) return;
    files.add(file);
    const imports = outputs[file].imports.filter(({ kind, external }) => kind === 'import-statement' && !external);
    imports.forEach(({ path }) => visit(path));
  };
  visit(entry);
  return [...files];
}

export default [
  { name: 'library, own code', path: startUpFiles('library', 'dist/index.js'), gzip: true, limit: '78 kB' },
  { name: 'livywire/aws, own code', path: startUpFiles('library', 'dist/aws.js'), gzip: true, limit: '45 kB' },
  { name: 'livywire/testing, own code', path: startUpFiles('library', 'dist/testing.js'), gzip: true, limit: '45 kB' },
  { name: 'command line, start', path: startUpFiles('cli', 'dist/cli/bin.js'), gzip: true, limit: '3 kB' },
  // In every page that livywire report writes, as it is.
  {
    name: 'report page, script and style',
    path: ['dist/report/page.js', 'dist/report/page.css'],
    limit: '320 kB',
    brotli: false,
    gzip: false,
  },
];

// Budgets for what is read at start: the entry and what it imports statically, without what is loaded on demand.
import { readFileSync } from 'node:fs';

/**
 * The files of dist/ that importing this entry reads, from esbuild's own record of the build; with those that are loaded on
 * demand where `loads` says so of the source they begin with.
 */
function startUpFiles(build, entry, loads = () => false) {
  const { outputs } = JSON.parse(readFileSync(`dist/meta/${build}.json`, 'utf8'));
  const files = new Set();
  const visit = (file) => {
    if (files.has(file)) return;
    files.add(file);
    const imports = outputs[file].imports.filter(
      ({ kind, external, path }) =>
        !external && (kind === 'import-statement' || loads(outputs[path].entryPoint ?? path)),
    );
    imports.forEach(({ path }) => visit(path));
  };
  visit(entry);
  return [...files];
}

/**
 * What a machine's run that goes well needs of the servers' side, with a ledger in S3, and of a failed one but for its reason; YARN is one
 * more. That nothing of it is loaded in such a run, and all else may be, is what test/lambda/lean.test.ts sees.
 */
const RARE =
  /lambda\/events|trouble|sfn-client|eventbridge|socks|proxy-agents|diagnosis|fflate|settings-file|serverless|steps|locate|emr-client|s3-logs|livy-server-logs|signature|sts|actor|watcher-view/;
const withLivy = (source) => !RARE.test(source) && !/hadoop/.test(source);
const withYarn = (source) => !RARE.test(source);
const lambda = (handler, loads) => startUpFiles(`lambda-${handler}`, `dist/lambda/${handler}/index.mjs`, loads);

export default [
  { name: 'library, own code', path: startUpFiles('library', 'dist/index.js'), gzip: true, limit: '95 kB' },
  { name: 'livywire/aws, own code', path: startUpFiles('library', 'dist/aws.js'), gzip: true, limit: '54 kB' },
  { name: 'livywire/cdk, own code', path: startUpFiles('library', 'dist/cdk.js'), gzip: true, limit: '75 kB' },
  { name: 'livywire/durable, own code', path: startUpFiles('library', 'dist/durable.js'), gzip: true, limit: '118 kB' },
  { name: 'livywire/lambda, own code', path: startUpFiles('library', 'dist/lambda.js'), gzip: true, limit: '116 kB' },
  { name: 'livywire/session, own code', path: startUpFiles('library', 'dist/session.js'), gzip: true, limit: '48 kB' },
  { name: 'livywire/testing, own code', path: startUpFiles('library', 'dist/testing.js'), gzip: true, limit: '52 kB' },
  { name: 'command line, start', path: startUpFiles('cli', 'dist/cli/bin.js'), gzip: true, limit: '3 kB' },
  { name: 'Lambda submit, start', path: lambda('submit'), gzip: true, limit: '74 kB' },
  { name: 'Lambda status, start', path: lambda('status'), gzip: true, limit: '71 kB' },
  { name: 'Lambda submit, with Livy and S3', path: lambda('submit', withLivy), gzip: true, limit: '119 kB' },
  { name: 'Lambda status, with Livy and S3', path: lambda('status', withLivy), gzip: true, limit: '115 kB' },
  { name: 'Lambda submit, with YARN as well', path: lambda('submit', withYarn), gzip: true, limit: '150 kB' },
  { name: 'Lambda status, with YARN as well', path: lambda('status', withYarn), gzip: true, limit: '147 kB' },
  { name: 'Lambda status, all there is', path: lambda('status', () => true), gzip: true, limit: '212 kB' },
  { name: 'Lambda submit, all there is', path: lambda('submit', () => true), gzip: true, limit: '222 kB' },
  // In every page that livywire report writes, as it is.
  {
    name: 'report page, script and style',
    path: ['dist/report/page.js', 'dist/report/page.css'],
    limit: '320 kB',
    brotli: false,
    gzip: false,
  },
];

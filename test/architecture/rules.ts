/** The rules of the house, each a function from the tree to the sentences that say where it is broken. */
import { basename } from 'node:path';
import type { Import, SourceFile } from './source.js';

type Rule = (tree: readonly SourceFile[]) => readonly string[];

const BELOW_APP = [
  'core',
  'http',
  'livy',
  'hadoop',
  'aws',
  'diagnosis',
  'session',
  'run',
  'report',
  'workflow',
  'graph',
  'cdk',
  'local',
];

/** What each room of src may import: the layer list. Entrances at the top of src are listed by their file. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  http: ['core'],
  livy: ['core', 'http'],
  hadoop: ['core', 'http'],
  aws: ['core', 'http'],
  diagnosis: ['core'],
  session: ['core', 'livy', 'diagnosis'],
  run: ['core'],
  report: ['core'],
  workflow: ['core'],
  graph: ['core', 'workflow'],
  cdk: ['core', 'workflow'],
  local: ['core', 'http'],
  testing: ['core', 'diagnosis', 'run'],
  app: BELOW_APP,
  lambda: ['core', 'app'],
  durable: ['core', 'lambda'],
  cli: ['core', 'app'],
  'index.ts': [...BELOW_APP.filter((room) => room !== 'local' && room !== 'aws'), 'app'],
};

/** Rooms that cost a fetch, an SDK or a start of servers: app reaches them by import() only. */
const ON_DEMAND = ['aws', 'local'];

/** Who may touch the process it runs in, and why. */
const PROCESS_FILES = [
  /^cli\/bin\.ts$/, // the program itself
  /^local\//, // starts and stops servers
  /^app\/settings-io\.ts$/, // the one reader of the environment
  /^lambda\/environment\.ts$/, // a function's settings and its log
  /^run\/identity\.ts$/, // who holds a claim, and whether that process still lives
  /^testing\/clock\.ts$/, // whether a file is being read or written, before it lets time pass
];
const CONSOLE_FILES = [/^cli\/terminal\.ts$/];

const LONGEST_FILE = 300;

/** `cli` for cli/commands/run.ts; the file itself at the top of src. */
const roomOf = (path: string): string => path.split('/')[0] ?? path;

function inside(tree: readonly SourceFile[]): (one: Import) => boolean {
  const files = new Set(tree.map(({ path }) => path));
  return ({ target }) => files.has(target);
}

/** Every import from one room to another. */
function crossings(tree: readonly SourceFile[]): readonly (Import & { readonly path: string })[] {
  const known = inside(tree);
  return tree.flatMap(({ path, imports }) =>
    imports.flatMap((one) => (known(one) && roomOf(one.target) !== roomOf(path) ? [{ ...one, path }] : [])),
  );
}

const upwardArrows: Rule = (tree) => {
  const strangers = [...new Set(tree.map(({ path }) => roomOf(path)))].filter((room) => !(room in MAY_IMPORT));
  return [
    ...strangers.map((room) => `src/${room} is not in the layer list`),
    ...crossings(tree).flatMap(({ path, target }) => {
      const may = MAY_IMPORT[roomOf(path)] ?? [];
      return may.includes(roomOf(target))
        ? []
        : [`${path} imports ${target}: ${roomOf(path)} may import ${may.join(', ') || 'nothing'}`];
    }),
  ];
};

const deepImports: Rule = (tree) =>
  crossings(tree).flatMap(({ path, target }) =>
    target === `${roomOf(target)}/index.ts` ? [] : [`${path} imports ${target}, past ${roomOf(target)}/index.ts`],
  );

const eagerImports: Rule = (tree) =>
  crossings(tree).flatMap(({ path, target, kind }) =>
    kind === 'value' && ON_DEMAND.includes(roomOf(target)) ? [`${path} loads ${target} at once, not by import()`] : [],
  );

const escapes: Rule = (tree) =>
  tree.flatMap(({ path, imports }) =>
    imports.flatMap(({ target }) =>
      target.startsWith('..') && target !== '../package.json' ? [`${path} imports ${target}, outside src`] : [],
    ),
  );

/**
 * A walk from every file back to itself. Type-only imports count, for they too tie two files together; an import() does
 * not, for it runs when both are there (a verb may read the table of verbs that loads it).
 */
const circles: Rule = (tree) => {
  const known = inside(tree);
  const next = new Map(
    tree.map(({ path, imports }) => [
      path,
      imports.filter((one) => known(one) && one.kind !== 'on demand').map(({ target }) => target),
    ]),
  );
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const since = trail.indexOf(path);
    if (since >= 0) found.push([...trail.slice(since), path].join(' → '));
    if (since >= 0 || done.has(path)) return;
    for (const target of next.get(path) ?? []) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const path of next.keys()) visit(path, []);
  return found;
};

/** A room has an index, or it is a program: then nobody imports it, and bin.ts is its door. */
const indexFiles: Rule = (tree) => {
  const rooms = new Set(tree.flatMap(({ path }) => (path.includes('/') ? [roomOf(path)] : [])));
  const paths = new Set(tree.map(({ path }) => path));
  return [
    ...[...rooms].flatMap((room) =>
      paths.has(`${room}/index.ts`) || paths.has(`${room}/bin.ts`) ? [] : [`src/${room} has no index.ts`],
    ),
    ...tree.flatMap(({ path, text, exportsAll }) => [
      ...(exportsAll ? [`${path} has export *`] : []),
      ...(basename(path) === 'index.ts' && !/^\/\*\*[^/]*@module/.test(text)
        ? [`${path} does not open with one @module sentence`]
        : []),
    ]),
  ];
};

const longFiles: Rule = (tree) =>
  tree.flatMap(({ path, text }) => {
    const lines = text.trimEnd().split('\n').length;
    return lines > LONGEST_FILE ? [`${path} has ${lines} lines, over ${LONGEST_FILE}`] : [];
  });

function keptTo(name: string, files: readonly RegExp[]): Rule {
  return (tree) =>
    tree.flatMap(({ path, globals }) =>
      globals.has(name) && !files.some((file) => file.test(path)) ? [`${path} touches ${name}`] : [],
    );
}

/** What importing the library loads at once: value imports, followed from the entrance. */
const libraryEntrance: Rule = (tree) => {
  const files = new Map(tree.map((file) => [file.path, file]));
  const seen = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, room: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const { target, kind } of files.get(path)?.imports ?? []) {
      if (kind !== 'value') continue;
      const foreign = ['aws', 'local', 'cli', 'lambda'].includes(roomOf(target)) && roomOf(target) !== room;
      if (/^@(aws-sdk|smithy)\//.test(target) || foreign) {
        found.push(`importing the library loads ${target}, by ${path}`);
      } else visit(target, room);
    }
  };
  for (const entrance of ['index.ts', 'session/index.ts', 'testing/index.ts', 'aws/index.ts', 'lambda/index.ts'])
    visit(entrance, roomOf(entrance));
  return found;
};

/** Each rule under the sentence it holds. */
export const RULES: Readonly<Record<string, Rule>> = {
  'a room imports only rooms below it': upwardArrows,
  'a room is entered through its index': deepImports,
  'aws and local are loaded on demand': eagerImports,
  'src imports nothing outside itself but packages': escapes,
  'no imports run in a circle': circles,
  'index files say what the room is and list its exports by name': indexFiles,
  'a file has at most 300 lines': longFiles,
  'few files touch process': keptTo('process', PROCESS_FILES),
  'console belongs to the terminal': keptTo('console', CONSOLE_FILES),
  'importing the library loads no AWS SDK, no local servers and no command line': libraryEntrance,
};

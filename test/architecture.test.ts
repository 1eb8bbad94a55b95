import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import test from 'ava';
import { RULES } from './architecture/rules.js';
import { readTree } from './architecture/source.js';

const src = new URL('../src/', import.meta.url).pathname;
const paths = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
const house = readTree(
  Object.fromEntries(paths.map((path) => [path.split(sep).join('/'), readFileSync(join(src, path), 'utf8')])),
);

for (const [sentence, rule] of Object.entries(RULES)) {
  test(`in src, ${sentence}`, (t) => {
    t.true(house.length > 0);
    t.deepEqual(rule(house), []);
  });
}

const index = (text = ''): string => `/** A room. @module */\n${text}`;

/** Made-up trees, each with what its rule must say of it; a rule that says nothing of them holds nothing. */
const broken: readonly (readonly [keyof typeof RULES, string, Readonly<Record<string, string>>, readonly string[]])[] =
  [
    [
      'a room imports only rooms below it',
      'an arrow from the engine up to the command line',
      { 'run/watch.ts': `import { print } from '../cli/index.js';`, 'cli/index.ts': index() },
      ['run/watch.ts imports cli/index.ts: run may import core'],
    ],
    [
      'a room imports only rooms below it',
      'the same arrow as a type, as an import type, as a re-export and on demand',
      {
        'core/a.ts': `import type { A } from '../run/index.js';`,
        'core/b.ts': `export type B = import('../run/index.js').B;`,
        'core/c.ts': `export { c } from '../run/index.js';`,
        'core/d.ts': `export const d = () => import('../run/index.js');`,
        'run/index.ts': index(),
      },
      ['a', 'b', 'c', 'd'].map((name) => `core/${name}.ts imports run/index.ts: core may import nothing`),
    ],
    [
      'a room imports only rooms below it',
      'a room nobody listed',
      { 'utils/index.ts': index() },
      ['src/utils is not in the layer list'],
    ],
    [
      'a room is entered through its index',
      'an import of a file in another room',
      { 'run/watch.ts': `import { Clock } from '../core/clock.js';`, 'core/clock.ts': '' },
      ['run/watch.ts imports core/clock.ts, past core/index.ts'],
    ],
    [
      'aws and local are loaded on demand',
      'an application that imports them at once',
      {
        'app/wire.ts': `import { s3 } from '../aws/index.js';\nexport const local = () => import('../local/index.js');`,
        'aws/index.ts': index(),
        'local/index.ts': index(),
      },
      ['app/wire.ts loads aws/index.ts at once, not by import()'],
    ],
    [
      'src imports nothing outside itself but packages',
      'a source file that leans on a test helper',
      {
        'core/clock.ts': `import '../../test/helpers/clock.js';\nimport p from '../../package.json' with { type: 'json' };`,
      },
      ['core/clock.ts imports ../test/helpers/clock.js, outside src'],
    ],
    [
      'no imports run in a circle',
      'two files of one room and a type between them, but nothing wrong in an import()',
      {
        'run/a.ts': `import { b } from './b.js';`,
        'run/b.ts': `import { type A } from './a.js';`,
        'run/table.ts': `export const load = () => import('./verb.js');`,
        'run/verb.ts': `import { load } from './table.js';`,
      },
      ['run/a.ts → run/b.ts → run/a.ts'],
    ],
    [
      'no imports run in a circle',
      'a file that imports the index which lists it',
      { 'run/index.ts': index(`export { a } from './a.js';`), 'run/a.ts': `import { b } from './index.js';` },
      ['run/index.ts → run/a.ts → run/index.ts'],
    ],
    [
      'index files say what the room is and list its exports by name',
      'a missing index, a silent one, and stars',
      {
        'core/clock.ts': '',
        'run/index.ts': `export * from './watch.js';`,
        'http/index.ts': index(`export * as http from './http.js';`),
      },
      [
        'src/core has no index.ts',
        'run/index.ts has export *',
        'run/index.ts does not open with one @module sentence',
        'http/index.ts has export *',
      ],
    ],
    [
      'a file has at most 300 lines',
      'one of 301',
      { 'run/long.ts': 'x\n'.repeat(301), 'run/fit.ts': 'x\n'.repeat(300) },
      ['run/long.ts has 301 lines, over 300'],
    ],
    [
      'few files touch process',
      'uses by import, as a global, and through globalThis',
      {
        'run/a.ts': `import { env } from 'node:process';`,
        'run/b.ts': `export const pid = process.pid;`,
        'run/c.ts': `export const on = globalThis.process.on;`,
        'run/innocent.ts': `export const o = { process: 1 }; export const p = o.process; // process.env`,
        'cli/bin.ts': `process.exitCode = 1;`,
      },
      ['run/a.ts touches process', 'run/b.ts touches process', 'run/c.ts touches process'],
    ],
    [
      'console belongs to the terminal',
      'a line printed by the engine',
      { 'run/a.ts': `console.log('hello');`, 'cli/terminal.ts': `console.log('hello');` },
      ['run/a.ts touches console'],
    ],
    [
      'importing the library loads no AWS SDK, no local servers and no command line',
      'an SDK two imports away, while types and import() are free',
      {
        'index.ts': index(`export { a } from './app/index.js';`),
        'app/index.ts': index(`export { a } from './a.js';`),
        'app/a.ts': `import { S3Client } from '@aws-sdk/client-s3';\nimport type { B } from '@aws-sdk/client-emr';\nexport const l = () => import('../local/index.js');`,
        'local/index.ts': index(),
      },
      ['importing the library loads @aws-sdk/client-s3, by app/a.ts'],
    ],
  ];

for (const [sentence, what, texts, said] of broken) {
  test(`the rule "${sentence}" sees ${what}`, (t) => {
    t.deepEqual(RULES[sentence]?.(readTree(texts)), said);
  });
}

test('every rule has a made-up tree that breaks it', (t) => {
  const tried = new Set(broken.map(([sentence]) => sentence));
  t.deepEqual(
    Object.keys(RULES).filter((sentence) => !tried.has(sentence)),
    [],
  );
});

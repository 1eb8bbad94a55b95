/** For a build: packages without what we do not use of them, and without what they do before anybody has asked. */
import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/** Modules that are not needed, and what is said where one is called all the same. */
export interface LeftOut {
  readonly path: RegExp;
  readonly why: string;
}

/** A path of a file, whatever the system's separators. */
export function pathOf(start: string, path: string, end: string): RegExp {
  return new RegExp(`[\\\\/]${start}[\\\\/]${path.replaceAll('/', '[\\\\/]')}\\.${end}$`);
}
const packaged = (path: string): RegExp => pathOf('node_modules', path, 'js');
const ofAxios = (path: string): RegExp => packaged(`axios/lib/${path}`);

/** Of axios the way over Node's own http is used, with an agent, a transport and a text of ours. `test/lambda/lean.test.ts` has requests go past it. */
export const LEFT_OUT_OF_AXIOS: readonly LeftOut[] = [
  { path: ofAxios('adapters/(?:fetch|xhr)'), why: 'Only the http adapter is here' },
  { path: ofAxios('helpers/(?:formDataTo\\w+|toFormData)'), why: 'No forms are sent' },
  { path: ofAxios('helpers/HttpStatusCode'), why: 'Statuses are numbers' },
  { path: ofAxios('cancel/CancelToken'), why: 'Requests are stopped by their transport' },
  { path: ofAxios('helpers/AxiosTransformStream'), why: 'No progress is counted' },
  { path: ofAxios('helpers/(?:fromDataURI|estimateDataURLDecodedBytes)'), why: 'No data: is read' },
  { path: ofAxios('helpers/shouldBypassProxy'), why: 'Proxies are agents' },
  { path: /[\\/]axios[\\/]node_modules[\\/]https-proxy-agent[\\/]dist[\\/]index\.js$/, why: 'Proxies are agents' },
  { path: packaged('proxy-from-env/index'), why: 'Proxies are agents' },
  { path: packaged('follow-redirects/index'), why: 'Redirects are followed in src/http' },
  { path: packaged('form-data/lib/form_data'), why: 'No forms are sent' },
];

/** The names of a module's values. */
async function exportedValues(path: string): Promise<readonly string[]> {
  const text = await readFile(path, 'utf8');
  const listed = [...text.matchAll(/^export \{([^}]*)\}/gm)].flatMap(([, list = '']) => list.split(','));
  const declared = [...text.matchAll(/^export (?:async )?(?:function|const|class) (\w+)/gm)].map(
    ([, name = '']) => name,
  );
  // A package of before ES modules has one value, and so has a module that says so.
  const one = /^export default|^module\.exports|^exports\./m.test(text) ? ['default'] : [];
  return [...listed.map((name) => name.trim()).filter((name) => /^\w+$/.test(name)), ...declared, ...one];
}

/** What such a module exports can be called, and says that it is not there. */
export const leavingOut = (all: readonly LeftOut[]): Plugin => ({
  name: 'without what is not needed',
  setup: (builder) => {
    for (const { path: filter, why } of all) {
      builder.onLoad({ filter }, async ({ path }) => {
        const names = (await exportedValues(path)).map((name) => `none as ${name}`);
        const none = `const none = function () { throw new Error(${JSON.stringify(why)}) };`;
        return { contents: `${none} export { ${names.join(', ')} };`, loader: 'js' };
      });
    }
  },
});

interface Later {
  readonly path: RegExp;
  /** What stands there, and what is put in its place. */
  readonly lines: readonly (readonly [now: string, later: string])[];
}

/** What packages do while they are read, and what they do instead. */
const LATER: readonly Later[] = [
  {
    path: ofAxios('utils'),
    lines: [
      // Node 20 reads its whole fetch for this name, 20 ms; and no forms are sent.
      [
        "const FormDataCtor = typeof G.FormData !== 'undefined' ? G.FormData : undefined;",
        'const FormDataCtor = undefined;',
      ],
    ],
  },
  {
    path: packaged('string-width/index'),
    lines: [
      // The first one opens the tables of Unicode, 8 ms; a command that draws no table needs none.
      [
        'const segmenter = new Intl.Segmenter();',
        'let made; const segmenter = { segment: (text) => (made ??= new Intl.Segmenter()).segment(text) };',
      ],
      // A set of some thousand sequences, 12 ms. Not in every version.
      [
        'const rgiEmojiRegex = /^\\p{RGI_Emoji}$/v;',
        'let emoji; const rgiEmojiRegex = { test: (text) => (emoji ??= /^\\p{RGI_Emoji}$/v).test(text) };',
      ],
    ],
  },
];

/** @throws Error, in the build, where a package no longer has any of the lines */
export const doingItLater: Plugin = {
  name: 'when it is needed',
  setup: (builder) => {
    for (const { path: filter, lines } of LATER) {
      builder.onLoad({ filter }, async ({ path }) => {
        const text = await readFile(path, 'utf8');
        const contents = lines.reduce((done, [now, later]) => done.replace(now, () => later), text);
        if (contents === text) throw new Error(`${path} no longer has what was to be done later`);
        return { contents, loader: 'js' };
      });
    }
  },
};

/**
 * Records what the History Server answers about an ended application, and the event log that it was read from, into
 * test/fixtures/spark-facts/<name>. Meant for runs of jobs/skewed.py:
 *
 *     npx tsx scripts/record-spark-facts.ts --history <url> --events <folder> --app application_… --name skewed-fails
 *
 * Of the event log what no reader looks at and would be most of its bytes is dropped: accumulables, RDD infos, class paths,
 * stack traces of call sites. Folders and users of the machine are replaced by neutral ones; the rest is as it came.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Http } from '../src/http/index.js';
import { readSparkFacts } from '../src/hadoop/index.js';
import { root } from './gate/project.js';
import { sanitiser } from './record-failures/sanitise.js';

const { values } = parseArgs({
  options: {
    history: { type: 'string' },
    events: { type: 'string' },
    app: { type: 'string' },
    name: { type: 'string' },
  },
});
const { history, events, app, name } = values;
if (history === undefined || events === undefined || app === undefined || name === undefined)
  throw new Error('--history, --events, --app and --name are needed');

const clean = sanitiser([
  [`${homedir()}/.local/state/livywire/local`, '/mnt/livywire'],
  [`${homedir()}/.cache/livywire/local`, '/opt/livywire'],
  [homedir(), '/home/hadoop'],
  [root, '/opt/app'],
  [new RegExp(`/${userInfo().username}/`, 'g'), '/hadoop/'],
  [new RegExp(`"${userInfo().username}"`, 'g'), '"hadoop"'],
]);

const UNREAD = ['Accumulables', 'RDD Info', 'Classpath Entries', 'System Properties', 'Hadoop Properties', 'Details'];
const lean = (text: string): string =>
  JSON.stringify(
    JSON.parse(
      text,
      (key, value: unknown) =>
      UNREAD.includes(key) || ['details', 'sparkPlanInfo', 'accumulatorUpdates', 'systemProperties', 'classpathEntries', 'hadoopProperties'].includes(key) ? undefined : value, // prettier-ignore
    ),
  );

const out = join(root, 'test/fixtures/spark-facts', name);
mkdirSync(out, { recursive: true });

const log = readFileSync(join(events, `${app}_1`), 'utf8')
  .trimEnd()
  .split('\n')
  .map(lean);
writeFileSync(join(out, 'events'), `${clean(log.join('\n'))}\n`);

/** Every answer that the reader asked for, under its path and query. */
const answers: Record<string, unknown> = {};
const http = new Http({ baseUrl: history, service: 'Spark History Server' });
const get = http.get.bind(http);
http.get = async <T>(path: string, options: Parameters<typeof get>[1]): Promise<T> => {
  const answer: T = await get<T>(path, options);
  const query = new URLSearchParams(
    Object.entries(options?.query ?? {}).map(([key, value]): [string, string] => [key, String(value)]),
  );
  answers[query.size === 0 ? path : `${path}?${query.toString()}`] = JSON.parse(lean(JSON.stringify(answer)));
  return answer;
};
await readSparkFacts(app, { http, base: '', source: 'Spark History Server' });
http.close();
writeFileSync(join(out, 'api.json'), `${clean(JSON.stringify(answers, undefined, 1))}\n`);

import { type ClusterLine, type ClusterOverview, loadEmr, openLedger, type RunPage } from '../../app/index.js';
import { clusterEndpoint, ConfigError, isLivywireError, plainLine, type RunRecord } from '../../core/index.js';
import { defineCommand, type Context } from '../define.js';
import { exitCodes } from '../exit-code.js';
import { findAttempt, openRun } from '../open-run.js';
import { connectionOptions, outputOptions } from '../options.js';
import { lastOf, plain, recordState, since, table } from '../show.js';

const actions = ['ls', 'show', 'ui'] as const;
const MOST_RUNS = 20;

async function ls(context: Context, all: boolean): Promise<number> {
  const { out, io, signal } = context;
  const { listEmr } = await loadEmr();
  const clusters = await listEmr(await context.settings(), { all, signal });
  const row = ({ id, name, state, createdAt, reason }: ClusterLine): string[] => [
    plain(name),
    id,
    state,
    createdAt === undefined ? '' : since(createdAt, io.clock.now()),
    plain(reason ?? ''),
  ];
  const [head = '', ...body] = table([['NAME', 'ID', 'STATE', 'AGE', 'REASON'], ...clusters.map(row)]);
  if (body.length === 0)
    out.note(`no ${all ? '' : 'active '}cluster in this region and account; --region names another`);
  else out.result(out.paint.dim(head), ...body);
  out.document({ v: 1, kind: 'clusters', clusters });
  return exitCodes.succeeded;
}

async function show(context: Context, selector: string, field: string): Promise<number> {
  const { out, io, signal } = context;
  const settings = await context.settings();
  const { lookAtEmr } = await loadEmr();
  const seen = await lookAtEmr(settings, selector, { field, signal });
  const { id, region } = seen.cluster;
  const kinds = ['livy', 'emr-step'] as const;
  const endpoints = kinds.map((backend) => clusterEndpoint({ region, id, backend }));
  const runs = await openRunsOf(endpoints, context);
  out.result(...table(rowsOf(seen, runs, io.clock.now())));
  if (seen.advice !== undefined) out.warn(seen.advice);
  out.document({
    v: 1,
    kind: 'cluster',
    ...seen,
    runs: runs.map((record) => ({ key: record.key, state: stateOf(record) })),
  });
  return exitCodes.succeeded;
}

/** What our ledger holds of it that has not ended. */
async function openRunsOf(endpoints: readonly string[], context: Context): Promise<readonly RunRecord[]> {
  const open: RunRecord[] = [];
  for await (const record of openLedger(await context.settings()).list()) {
    context.signal.throwIfAborted();
    const attempt = lastOf(record);
    if (!attempt || attempt.phase === 'ended' || attempt.phase === 'refused') continue;
    if (endpoints.includes(attempt.endpoint)) open.push(record);
    if (open.length >= MOST_RUNS) break;
  }
  return open;
}

const stateOf = (record: RunRecord): string => {
  const attempt = lastOf(record);
  return attempt ? recordState(attempt) : '';
};

function rowsOf(seen: ClusterOverview, runs: readonly RunRecord[], now: number): string[][] {
  const { cluster, ports, livys, primaries, pages } = seen;
  const { release, applications, network, logUri, createdAt, reason } = cluster;
  const versions = ['Livy', 'Spark', 'Hadoop'].flatMap((name) =>
    Object.hasOwn(applications, name) ? [`${name} ${applications[name] ?? ''}`.trim()] : [],
  );
  const [host] = livys.map(({ url }) => new URL(url).hostname);
  const at = (port: number): string[] => (host === undefined ? [] : [`http://${host}:${port}`]);
  const rows: (readonly [string, ...(string | undefined)[]])[] = [
    ['cluster', `${cluster.name} (${cluster.id}) in ${cluster.region}`],
    ['state', cluster.state + (createdAt === undefined ? '' : `, ${since(createdAt, now)} old`), reason],
    ['release', release, versions.join(', ')],
    ...primaries.map((node): [string, string] => [
      'primary',
      [node.privateIp, node.publicName, node.instanceId].join('  '),
    ]),
    ...livys.map(({ url, problem }): [string, string, string] => ['Livy', url, problem ?? 'answers']),
    ...(seen.hasLivy ? [] : [['Livy', 'is not installed'] as const]),
    ['YARN', ...at(ports.resourceManager)],
    ['Spark history', ...at(ports.sparkHistory)],
    ['collected logs', ...at(ports.jobHistory)],
    ['pages', pages.sparkHistory, pages.resourceManager],
    ['logs in S3', logUri],
    ['subnet', network.subnet],
    ['security groups', groups('primary', network.primaryGroups), groups('core and task', network.workerGroups)],
    ...runs.map((record): [string, string] => ['run', `${record.key}  ${stateOf(record)}`]),
  ];
  return rows
    .map(([word, ...values]) => {
      const text = values.filter((one) => one !== undefined && one !== '').join('  ');
      // A signed link is of no use without its signature.
      return [word, word === 'pages' ? plainLine(text) : plain(text)];
    })
    .filter(([, value]) => value !== '');
}

/** Links are made at this moment, and written down nowhere: whoever has one can open its page. */
async function ui(context: Context, name: string): Promise<number> {
  const { out, signal } = context;
  const settings = await context.settings();
  const attempt = await findAttempt(name, openLedger(settings));
  if (!attempt) throw new ConfigError(`${plain(name)}: no such run in the ledger`, { field: '<run>' });
  const { endpoint, id, appId } = attempt;
  const { pagesOfRun } = await loadEmr();
  const known = appId ?? (attempt.phase === 'started' ? await appIdNow(name, context) : undefined);
  const pages = await pagesOfRun(settings, { endpoint, id, appId: known }, signal);
  const word = ({ url, problem }: RunPage): string =>
    url === undefined ? `none: ${plain(problem ?? '')}` : plainLine(url); // its signature is what opens the page
  out.result(...table(pages.map((page) => [page.what, word(page)])));
  if (pages.some(({ url, isSecret }) => isSecret && url !== undefined))
    out.note('whoever has a link that AWS signed can open its page while it holds: keep it to yourself');
  out.document({ v: 1, kind: 'pages', key: name, pages });
  return exitCodes.succeeded;
}

/** What the ledger does not know yet the servers may. */
async function appIdNow(name: string, context: Context): Promise<string | undefined> {
  try {
    const { run } = await openRun(name, context, context.signal);
    return (await run.status({ signal: context.signal })).appId;
  } catch (error) {
    context.signal.throwIfAborted();
    if (!isLivywireError(error)) throw error;
    return undefined;
  }
}

const groups = (word: string, ids: readonly string[]): string | undefined =>
  ids.length === 0 ? undefined : `${word} ${ids.join(', ')}`;

export const emrCommand = defineCommand({
  name: 'emr',
  positionals: '<ls|show|ui> [cluster|run]',
  describe: 'EMR clusters: which there are, and what runs on one. Changes nothing.',
  details: ['', 'A cluster is named by its name, its id (j-…), tag:key=value, or auto: the only active one with Livy.'],
  examples: [
    ['livywire emr ls --region eu-west-1', 'the active clusters of a region'],
    ['livywire emr show nightly', 'state, versions, servers, security groups, and the runs in our ledger'],
    ['livywire emr ui sales/2026-11-01', 'links to the pages of a run, also when its cluster has ended'],
    ['livywire run --cluster nightly s3://jobs/etl.py', 'and a job there'],
  ],
  options: {
    all: { type: 'boolean', alias: 'a', describe: 'ls: those that have ended, too', group: 'Which' },
    ...connectionOptions,
    ...outputOptions,
  },
  words: { min: 1, max: 2 },
  async run(args, context) {
    const [action, word] = args.rest;
    if (action === 'ls' && word === undefined) return ls(context, args.all);
    if (action === 'ui' && word !== undefined) return ui(context, word);
    if (action !== 'show') {
      throw new ConfigError(
        `livywire emr ${plain(action ?? '')}: write ${actions.join(', ')}, as in show <cluster> and ui <run>`,
        {
          field: 'emr',
        },
      );
    }
    const cluster = word === undefined ? (await context.settings()).cluster : undefined;
    const selector = word ?? cluster?.selector;
    if (selector === undefined) throw new ConfigError('emr show: name the cluster', { field: '<cluster>' });
    return show(context, selector, cluster?.from ?? '<cluster>');
  },
});

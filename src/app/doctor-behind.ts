import { isLivywireError, plainLine, redactText } from '../core/index.js';
import type { Http } from '../http/index.js';
import type { Finding } from './doctor-finding.js';
import type { Settings } from './settings.js';

/** What Livy's batches gave away about the servers behind it. */
export interface FoundBehind {
  readonly links: readonly string[];
  readonly hasYarn: boolean;
}

type Open = (baseUrl: string, service: string) => Http;

const REACH = 'reach it through --proxy socks5h://… or --map <host:port>=<host:port>';

/** YARN, one of its NodeManagers, and the History Server: runs work without them, but less is known. */
export async function* checkBehind(
  settings: Settings,
  found: FoundBehind,
  open: Open,
  signal: AbortSignal | undefined,
): AsyncGenerator<Finding, void> {
  const yarnUrl = settings.yarnUrl ?? resourceManagerIn(found.links);
  if (settings.withoutYarn) {
    const seen = `YARN is not asked (${settings.sources.yarnUrl ?? 'settings'}: none): ends are Livy's word alone`;
    yield { check: 'yarn', level: 'skipped', seen };
  } else if (yarnUrl === undefined) {
    yield {
      check: 'yarn',
      level: 'skipped',
      seen: found.hasYarn ? 'Livy runs jobs on YARN, whose address is not known' : 'no YARN is known behind this Livy',
      next: 'if there is one: --yarn-url http://<primary node>:8088 lets livywire prove how a run ended when Livy has forgotten it',
    };
  } else {
    yield* checkYarn([yarnUrl, ...(settings.yarnOthers ?? [])], settings, open, signal);
  }
  yield await checkHistory(settings, open, signal);
}

/** The proxy link of a running application names the ResourceManager: http://rm:8088/proxy/application_1_0001/. */
function resourceManagerIn(links: readonly string[]): string | undefined {
  const link = links.map((one) => new URL(one)).find(({ pathname }) => pathname.startsWith('/proxy/application_'));
  // On EMR the proxy is a server of its own, on port 20888 of the host that has the ResourceManager.
  return link && `${link.protocol}//${link.port === '20888' ? `${link.hostname}:8088` : link.host}`;
}

async function* checkYarn(
  [url = '', ...others]: readonly string[],
  settings: Settings,
  open: Open,
  signal: AbortSignal | undefined,
): AsyncGenerator<Finding, void> {
  const yarn = open(url, 'YARN');
  const from = settings.sources.yarnUrl ?? 'from a link of Livy';
  const info = await ask(
    () => yarn.get<{ clusterInfo?: Record<string, unknown> }>('/ws/v1/cluster/info', signal && { signal }),
    signal,
  );
  if ('problem' in info) {
    // Of several one has to answer; the last one to be asked is the problem.
    yield unreachable(
      'yarn',
      settings.yarnUrl !== undefined && others.length === 0,
      `${url} (${from}): ${info.problem}`,
      REACH,
    );
    if (others.length > 0) yield* checkYarn(others, settings, open, signal);
    return;
  }
  const { state, haState, resourceManagerVersion } = info.answer.clusterInfo ?? {};
  const shown = plainLine(
    [state, haState, resourceManagerVersion].filter((part) => typeof part === 'string').join(', '),
  );
  if (haState === 'STANDBY' && others.length > 0) {
    yield { check: 'yarn', level: 'ok', seen: `${url} (${from}) is a standby ResourceManager` };
    yield* checkYarn(others, settings, open, signal);
    return;
  }
  if (haState === 'STANDBY') {
    yield {
      check: 'yarn',
      level: 'problem',
      fault: 'caller',
      seen: `${url} is the standby ResourceManager`,
      next: 'give --yarn-url of the active one',
    };
    return;
  }
  yield { check: 'yarn', level: 'ok', seen: `ResourceManager at ${url} (${from}): ${shown}` };

  const list = await ask(
    () =>
      yarn.get<{ nodes?: { node?: readonly Record<string, unknown>[] } | null }>(
        '/ws/v1/cluster/nodes',
        signal && { signal, query: { states: 'RUNNING' } },
      ),
    signal,
  );
  if ('problem' in list) {
    yield unreachable(
      'node-manager',
      false,
      `the list of nodes cannot be read: ${list.problem}`,
      'ask who runs YARN for the right to read it',
    );
    return;
  }
  const nodes = (list.answer.nodes?.node ?? []).filter(
    (node) => node.state === 'RUNNING' && typeof node.nodeHTTPAddress === 'string',
  );
  const address = nodes[0]?.nodeHTTPAddress;
  if (typeof address !== 'string') {
    yield {
      check: 'node-manager',
      level: 'problem',
      fault: 'service',
      seen: 'YARN has no running node: jobs will wait',
      next: 'wait for the cluster to start, or look at its nodes',
    };
    return;
  }
  const nodeUrl = `${new URL(url).protocol}//${plainLine(address)}`;
  const node = await ask(
    async () => open(nodeUrl, 'NodeManager').get('/ws/v1/node/info', signal && { signal }),
    signal,
  );
  yield 'problem' in node
    ? unreachable(
        'node-manager',
        false,
        `${nodeUrl} (one of ${nodes.length}): ${node.problem}; the driver's log cannot be read live`,
        REACH,
      )
    : {
        check: 'node-manager',
        level: 'ok',
        seen: `NodeManager at ${nodeUrl}, one of ${nodes.length}`,
      };
}

async function checkHistory(
  { historyUrl, sources }: Settings,
  open: Open,
  signal: AbortSignal | undefined,
): Promise<Finding> {
  if (historyUrl === undefined) {
    return {
      check: 'history-server',
      level: 'skipped',
      seen: "no address of Spark's History Server",
      next: 'if there is one: --history-url http://<primary node>:18080',
    };
  }
  const version = await ask(
    () => open(historyUrl, 'History Server').get<{ spark?: unknown }>('/api/v1/version', signal && { signal }),
    signal,
  );
  if ('problem' in version)
    return unreachable(
      'history-server',
      true,
      `${historyUrl} (${sources.historyUrl ?? 'settings'}): ${version.problem}`,
      REACH,
    );
  const spark = typeof version.answer.spark === 'string' ? plainLine(version.answer.spark) : 'unknown';
  return { check: 'history-server', level: 'ok', seen: `History Server at ${historyUrl}, Spark ${spark}` };
}

/** An address that the settings name must answer; one that was only guessed is worth a note. */
const unreachable = (check: Finding['check'], isNamed: boolean, seen: string, next: string): Finding => ({
  check,
  seen,
  next,
  unreachable: true,
  ...(isNamed ? { level: 'problem', fault: 'service' } : { level: 'note' }),
});

async function ask<T>(
  call: () => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<{ answer: T } | { problem: string }> {
  try {
    return { answer: await call() };
  } catch (error) {
    signal?.throwIfAborted();
    if (!isLivywireError(error)) throw error;
    return { problem: plainLine(redactText(error.message)) };
  }
}

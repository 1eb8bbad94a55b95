import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExecutionContext } from 'ava';
import { parse, stringify } from 'lossless-json';
import type { Recorded } from './replay.js';

/**
 * A Livy with sessions, made of the exchanges that were recorded on a real one. Its answers have the recorded shapes, word for
 * word but for ids, names and codes; a statement goes through the states that its recording went through, one for each time it
 * is read. A statement or a request that was never recorded is refused with 501, and fails the test. What no recording
 * shows and a test must have all the same is given by the test itself (`teach`, `die`, `candidates`).
 */
export interface SessionLivy {
  readonly url: string;
  /** `POST /sessions`, … in order. */
  readonly requests: readonly string[];
  /** The bodies of the POSTs that carry one, in order. */
  readonly bodies: readonly Body[];
  readonly sessions: readonly StandInSession[];
  /** What the next POSTs of a session or a statement come to, in this order; then they are answered. */
  readonly posts: ('reply-lost' | 'request-lost' | 'server-error')[];
  /** What completion answers; recorded was none, for Python. */
  candidates: readonly string[];
  /** How often a session is read as `starting` before it is idle. */
  readsUntilIdle: number;
  /** Another statement, with an answer of the test's own: JSON as text, so that its digits are kept. */
  teach(code: string, output: string, progress?: readonly number[]): void;
  /** The driver is gone, and these are its last words. */
  die(nameOrId: string | number, lines: readonly string[]): void;
  /** Resolves with the first request that fits. */
  seen(pattern: RegExp): Promise<string>;
}

export interface SessionLivyOptions {
  /** @defaultValue `0.9.0`; of 0.8.0 no session was recorded: 0.9.0's without the fields that it added */
  readonly version?: Recorded;
  /** The endpoint of EMR Serverless: no log, no completion, and none of what its documentation does not name. */
  readonly subset?: 'emr-serverless';
}

export type Body = Readonly<Record<string, unknown>>;

interface StandInStatement {
  readonly id: number;
  readonly code: string;
  steps: readonly Body[];
  afterCancel: readonly Body[];
  at: number;
  isCancelled: boolean;
}

export interface StandInSession {
  readonly id: number;
  readonly name: string | null;
  readonly body: Body;
  state: 'alive' | 'dead' | 'gone';
  reads: number;
  /** Reads for which it stays busy after a cancel: Python that sleeps is not woken. */
  stillBusy: number;
  log: readonly string[];
  readonly statements: StandInStatement[];
}

interface Exchange {
  readonly note: string;
  readonly request: { readonly method: string; readonly path: string; readonly body?: Body };
  readonly response: { readonly status: { valueOf(): number }; readonly body: Body };
}

const KINDS = ['spark', 'pyspark', 'sparkr', 'sql', 'shared'];

/** Numbers keep their digits. */
const recording = parse(
  readFileSync(new URL('../fixtures/livy/livy-0.9.0.json', import.meta.url), 'utf8'),
) as readonly Exchange[];

function recorded(note: string): Body {
  const found = recording.find((one) => one.note === note);
  if (!found) throw new Error(`nothing was recorded as ${note}`);
  return found.response.body;
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

interface Script {
  readonly kind: string;
  readonly steps: readonly Body[];
  readonly afterCancel: readonly Body[];
}

/** By its code: every answer about a statement, in order. */
const scripts = new Map<string, Script>();
for (const [i, { request, response }] of recording.entries()) {
  if (request.method !== 'POST' || !/\/statements$/.test(request.path) || Number(response.status) !== 201) continue;
  const path = `${request.path}/${String(response.body.id)}`;
  const about = recording.slice(i + 1).filter((one) => one.request.path.startsWith(path));
  const cancel = about.findIndex((one) => one.request.path === `${path}/cancel`);
  const bodies = about.filter(({ request: { path: asked } }) => asked === path).map((one) => one.response.body);
  const before = cancel < 0 ? bodies.length : cancel;
  scripts.set(String(request.body?.code), {
    kind: textOf(request.body?.kind) ?? 'pyspark',
    steps: [response.body, ...bodies.slice(0, before)],
    afterCancel: bodies.slice(before),
  });
}
const waiting = recorded('a long statement');
const running = scripts.get('import time; time.sleep(60)')?.steps.at(-1) as Body;
const cancelled = recorded('until cancelled (cancelled)');

const ended = (step: Body | undefined): boolean => ['available', 'cancelled'].includes(String(step?.state));
const stepOf = ({ steps, at }: StandInStatement): Body => steps[Math.min(at, steps.length - 1)] as Body;

export async function sessionLivy(t: ExecutionContext, options: SessionLivyOptions = {}): Promise<SessionLivy> {
  const { version = '0.9.0', subset } = options;
  const requests: string[] = [];
  const bodies: Body[] = [];
  const sessions: StandInSession[] = [];
  const problems: string[] = [];
  const expected: { pattern: RegExp; resolve: (request: string) => void }[] = [];
  const known = new Map(scripts);
  let ids = 0;
  const stand = { posts: [] as SessionLivy['posts'], candidates: [] as readonly string[], readsUntilIdle: 1 };

  const stateOf = (session: StandInSession): string => {
    if (session.state === 'dead') return 'dead';
    if (session.reads <= stand.readsUntilIdle) return 'starting';
    return session.stillBusy > 0 || session.statements.some((one) => !ended(stepOf(one))) ? 'busy' : 'idle';
  };
  const view = (session: StandInSession): Body => {
    const shape = recorded(stateOf(session) === 'starting' ? 'until idle (starting)' : 'until idle (idle)');
    const { id, name, body, log } = session;
    const asked = Object.fromEntries(Object.entries(body).filter(([field]) => field in shape));
    const { executorLogUrls, ...appInfo } = shape.appInfo as Body;
    const whole = {
      ...shape,
      ...asked,
      id,
      name,
      kind: body.kind ?? 'shared',
      state: stateOf(session),
      appInfo: version === '0.8.0' ? appInfo : { ...appInfo, executorLogUrls },
      ...(log.length > 0 && { log: log.slice(-10) }),
    };
    const { idleTimeout, ...older } = whole as Body;
    return version === '0.8.0' ? older : { ...older, idleTimeout };
  };
  /** As recorded, under this statement's id. */
  const statementView = (statement: StandInStatement, step: Body): Body => ({
    ...step,
    id: statement.id,
    code: statement.code,
    ...(step.output !== null && { output: { ...(step.output as Body), execution_count: statement.id } }),
  });
  const readStatement = (session: StandInSession, statement: StandInStatement): Body => {
    const before = session.statements.filter(({ id }) => id < statement.id);
    const isStuck = session.stillBusy > 0 && !statement.isCancelled;
    if (isStuck || before.some((one) => !ended(stepOf(one)))) {
      if (isStuck) session.stillBusy--;
      return statementView(statement, ended(stepOf(statement)) ? stepOf(statement) : waiting);
    }
    statement.at = Math.min(statement.at + 1, statement.steps.length - 1);
    return statementView(statement, stepOf(statement));
  };

  const reply = (response: ServerResponse, status: number, body: unknown): void => {
    response.writeHead(status, { 'Content-Type': 'application/json;charset=utf-8' }).end(stringify(body));
  };
  const refuse = (response: ServerResponse, what: string): void => {
    problems.push(what);
    reply(response, 501, { msg: `Nothing was recorded of ${what}` });
  };
  /** Whether the request came to nothing, or its answer does. */
  const fault = (request: IncomingMessage, response: ServerResponse, act: () => void): boolean => {
    const trouble = stand.posts.shift();
    if (trouble === undefined) return false;
    if (trouble !== 'request-lost') act();
    if (trouble === 'server-error') reply(response, 500, 'java.lang.Exception: ConnectionLoss');
    else request.socket.resetAndDestroy();
    return true;
  };

  const createSession = (body: Body, request: IncomingMessage, response: ServerResponse): void => {
    const kind = textOf(body.kind) ?? 'shared';
    if (!KINDS.includes(kind))
      return reply(response, 400, (recorded('an unknown kind') as unknown as string).replace('cobol', kind));
    const name = typeof body.name === 'string' ? body.name : null;
    if (name !== null && sessions.some((one) => one.name === name && one.state !== 'gone')) {
      const { msg } = recorded('a second session of that name');
      return reply(response, 400, { msg: String(msg).replace('(etl)', `(${name})`).replace(/\d+$/, String(ids++)) });
    }
    const make = (): StandInSession => {
      const made = { id: ids++, name, body, state: 'alive' as const, reads: 0, stillBusy: 0, log: [], statements: [] };
      sessions.push(made);
      return made;
    };
    if (fault(request, response, make)) return;
    reply(response, 201, view(make()));
  };

  const createStatement = (session: StandInSession, body: Body, request: IncomingMessage, response: ServerResponse) => {
    const code = String(body.code);
    const kind = textOf(body.kind ?? session.body.kind) ?? 'shared';
    const script = known.get(code);
    if (!script || (script.kind !== kind && script.kind !== 'any')) {
      return refuse(response, `the ${kind} statement ${code}`);
    }
    const make = (): StandInStatement => {
      const made = { ...script, id: session.statements.length, code, at: 0, isCancelled: false };
      session.statements.push(made);
      return made;
    };
    if (fault(request, response, make)) return;
    const busy = session.stillBusy > 0 || session.statements.some((one) => !ended(stepOf(one)));
    const made = make();
    reply(response, 201, statementView(made, busy ? waiting : stepOf(made)));
  };

  const cancel = (session: StandInSession, statement: StandInStatement): void => {
    const before = session.statements.filter(({ id }) => id < statement.id);
    if (ended(stepOf(statement))) return;
    const isWaiting = before.some((one) => !ended(stepOf(one)));
    if (!isWaiting && statement.afterCancel.length > 0) session.stillBusy = 1;
    statement.steps = !isWaiting && statement.afterCancel.length > 0 ? statement.afterCancel : [cancelled];
    statement.at = -1;
    statement.isCancelled = true;
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://stand-in');
    const line = `${request.method} ${url.pathname}`;
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const body = text === '' ? {} : (JSON.parse(text) as Body);
    requests.push(line);
    if (request.method === 'POST' && text !== '') bodies.push(body);
    for (const one of expected.splice(0)) {
      if (one.pattern.test(line)) one.resolve(line);
      else expected.push(one);
    }
    const from = Number(url.searchParams.get('from') ?? 0);
    const sizeOr = (all: number): number => Number(url.searchParams.get('size') ?? all);
    const [, root, segment, part, item, verb] = url.pathname.split('/').map(decodeURIComponent);
    if (line === 'GET /version')
      return reply(response, 200, { ...recorded('version'), version: `${version}-incubating` });
    if (root !== 'sessions') return refuse(response, line);
    if (segment === undefined) {
      if (request.method === 'POST') return createSession(body, request, response);
      const all = sessions.filter(({ state }) => state !== 'gone');
      const page = all.slice(from, from + sizeOr(100)).map(view);
      return reply(response, 200, { from, total: page.length, sessions: page });
    }
    // What AWS documents goes by the id.
    if (subset && !/^\d+$/.test(segment)) return reply(response, 404, { message: 'Not Found' });
    const session = sessions.findLast(
      ({ id, name, state }) => state !== 'gone' && (String(id) === segment || name === segment),
    );
    if (!session) {
      const { msg } = recorded('after it');
      return reply(response, 404, { msg: String(msg).replace("'etl'", `'${segment}'`) });
    }
    const statement = session.statements.find(({ id }) => String(id) === item);
    if (session.state === 'dead' && part === 'statements') {
      // As Livy's source has it; no session was seen to die.
      return reply(response, 400, { msg: "Rejected, Reason: requirement failed: Session isn't active." });
    }
    switch (
      `${request.method} ${part ?? ''}${item === undefined ? '' : '/:id'}${verb === undefined ? '' : `/${verb}`}`
    ) {
      case 'GET ': {
        session.reads++;
        const shown = view(session);
        if (session.stillBusy > 0) session.stillBusy--;
        return reply(response, 200, shown);
      }
      case 'DELETE ':
        session.state = 'gone';
        return reply(response, 200, recorded('close it'));
      case 'GET state':
        return reply(response, 200, { id: session.id, state: stateOf(session) });
      case 'GET log': {
        if (subset) return reply(response, 404, { message: 'Not Found' });
        const log = [
          'stdout: ',
          ...(session.log.length > 0 ? session.log : (view(session).log as string[])),
          '\nstderr: ',
        ];
        return reply(response, 200, {
          id: session.id,
          from,
          total: log.length,
          log: log.slice(from).slice(0, sizeOr(log.length)),
        });
      }
      case 'POST completion':
        if (subset) return reply(response, 404, { message: 'Not Found' });
        return reply(response, 200, { ...recorded('completion'), candidates: stand.candidates });
      case 'POST connect': // as Livy's source has it: the session's view
        return subset ? reply(response, 404, { message: 'Not Found' }) : reply(response, 200, view(session));
      case 'GET statements': {
        const all = session.statements.map((one) => statementView(one, stepOf(one)));
        return reply(response, 200, {
          total_statements: all.length,
          statements: all.slice(from, from + sizeOr(all.length)),
        });
      }
      case 'POST statements':
        if (stateOf(session) === 'starting') return refuse(response, `${line} while starting`);
        return createStatement(session, body, request, response);
      case 'GET statements/:id':
        if (!statement) return reply(response, 404, recorded('unknown statement'));
        return reply(response, 200, readStatement(session, statement));
      case 'POST statements/:id/cancel':
        if (!statement) return reply(response, 404, recorded('unknown statement'));
        cancel(session, statement);
        return reply(response, 200, recorded('cancel it'));
      default:
        return refuse(response, line);
    }
  };

  const server = createServer((request: IncomingMessage, response: ServerResponse) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
    if (problems.length > 0) throw new Error(`Nothing was recorded of ${problems.join('; ')}`);
  });
  return Object.assign(stand, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    bodies,
    sessions,
    teach(code: string, output: string, progress: readonly number[] = []) {
      const available = { ...recorded('an expression (available)'), output: parse(output) };
      const steps = [waiting, ...progress.map((one) => ({ ...running, progress: one })), available];
      known.set(code, { kind: 'any', steps, afterCancel: [] });
    },
    die(nameOrId: string | number, lines: readonly string[]) {
      const session = sessions.findLast(({ id, name }) => id === nameOrId || name === nameOrId);
      if (session) Object.assign(session, { state: 'dead', log: lines });
    },
    seen: (pattern: RegExp) =>
      new Promise<string>((resolve) => {
        const had = requests.find((line) => pattern.test(line));
        if (had !== undefined) resolve(had);
        else expected.push({ pattern, resolve });
      }),
  });
}

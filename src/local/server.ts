import { spawn } from 'node:child_process';
import { open, readFile, stat } from 'node:fs/promises';
import process from 'node:process';
import { systemClock } from '../core/index.js';
import { serverEnv } from './conf.js';
import { LocalError } from './errors.js';
import type { ProcessId, ServerStatus } from './model.js';
import { identify, isAlive, MARK } from './process-id.js';
import type { ServerRecord } from './record.js';
import { within } from './within.js';

/** Starts a server as recorded, on its own: it outlives us, and a Ctrl-C in our terminal does not reach it. */
export async function launch(server: ServerRecord, token: string): Promise<ProcessId> {
  const { command, args, env, cwd, log } = server.launch;
  const out = await open(log, 'a', 0o600);
  try {
    const child = spawn(command, args, {
      cwd,
      env: serverEnv(process.env, { ...env, [MARK]: token }),
      detached: true,
      stdio: ['ignore', out.fd, out.fd],
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    }).catch((error: unknown) => {
      throw new LocalError(`${server.name} could not be started`, { cause: error });
    });
    child.unref();
    const id = child.pid === undefined ? undefined : await identify(child.pid);
    if (id === undefined) throw new LocalError(`${server.name} ended at once`, { tail: await tailOf(log) });
    return id;
  } finally {
    await out.close();
  }
}

/** Whether the server answers. */
async function answers(server: Pick<ServerRecord, 'url' | 'health' | 'healthy'>, timeoutMs: number): Promise<boolean> {
  const answered = await within(timeoutMs, async (signal) => {
    const reply = await fetch(server.url + server.health, {
      signal,
      redirect: 'manual',
      headers: { accept: 'application/json' },
    });
    const text = await reply.text();
    return reply.ok && text.includes(server.healthy);
  }).catch(() => false);
  return answered === true;
}

export interface HealthOptions {
  /** How long a server may take to answer. @defaultValue `120_000`: a laptop that is busy with something else */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Waits until the server answers. @throws LocalError with the end of its log when it died or stayed silent */
export async function untilHealthy(server: ServerRecord, options: HealthOptions = {}): Promise<void> {
  const { timeoutMs = 120_000, signal } = options;
  const id = server.process;
  const { log } = server.launch;
  const end = systemClock.now() + timeoutMs;
  for (;;) {
    signal?.throwIfAborted();
    // Looked at first: when ours could not have its port, the one that answers there is somebody else's.
    if (id === undefined || !(await isAlive(id))) {
      throw new LocalError(`${server.name} ended while it was starting; its log is ${log}`, {
        tail: await tailOf(log),
      });
    }
    if (await answers(server, 2_000)) return;
    if (systemClock.now() > end) {
      throw new LocalError(`${server.name} did not answer within ${timeoutMs / 1_000} s; its log is ${log}`, {
        tail: await tailOf(log),
      });
    }
    await systemClock.sleep(100, signal);
  }
}

/** One server as it is now; `silent` after `patienceMs` without an answer. */
export async function serverStatus(server: ServerRecord, patienceMs = 2_000): Promise<ServerStatus> {
  const { name, url, launch: how, process: id } = server;
  const alive = id !== undefined && (await isAlive(id));
  const state = !alive ? 'gone' : (await answers(server, patienceMs)) ? 'up' : 'silent';
  return { name, url, pid: id?.pid ?? 0, log: how.log, state };
}

/** The last lines of a file. */
export async function tailOf(file: string, lines = 25): Promise<string[]> {
  const size = (await stat(file).catch(() => undefined))?.size ?? 0;
  if (size === 0 || lines === 0) return [];
  const text = await readFile(file, 'utf8');
  return text.trimEnd().split('\n').slice(-lines);
}

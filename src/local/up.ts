import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import process from 'node:process';
import { ConfigError, isLivywireError, systemClock } from '../core/index.js';
import { alone, together } from './alone.js';
import { checkOptions } from './check-options.js';
import { LocalError } from './errors.js';
import { layoutOf } from './livy-server.js';
import type { InstanceOptions, LocalInstance, LocalProgress, UpOptions } from './model.js';
import { cacheRoot, instanceDir, stateRoot } from './paths.js';
import { hasYarn, planServers } from './plan.js';
import { identify, stopMarked } from './process-id.js';
import { asInstance, type InstanceRecord, readRecord, readToken, writeRecord } from './record.js';
import { launch, serverStatus, untilHealthy } from './server.js';
import { ensureSoftware } from './software.js';

/**
 * Starts a Livy and Spark on 127.0.0.1 and waits until it answers. Fetches what it needs the first time.
 * An instance that is up already under this name is returned as it is; what a crash left is cleared away first.
 * It keeps running when the calling process ends: {@link down} stops it.
 * @throws ConfigError for wrong options, a missing Python, or an instance of this name with other options
 * @throws LocalError when fetching or starting failed; nothing that was started is left running
 * @example
 * ```ts
 * const { url } = await up({ onProgress: ({ message }) => console.log(message) });
 * ```
 */
export async function up(options: UpOptions = {}): Promise<LocalInstance> {
  const { name = 'default', signal } = options;
  const dir = instanceDir(name, options);
  checkOptions(options);
  const report = (progress: LocalProgress): void => options.onProgress?.(progress);
  const onWait = (): void => report({ step: 'start', message: `waiting for another up or down of ${name}` });

  return alone(stateRoot(options), name, { onWait, signal }, async () => {
    const wanted = wish(options);
    const old = await readRecord(dir).catch(() => undefined);
    const made = wish({ ...options, allow: options.allow ?? ['.'] });
    const reused = old && (await stillGood(dir, old, wanted));
    if (reused !== undefined) return reused;
    const token = await readToken(dir);
    if (token !== undefined) {
      report({ step: 'stop', message: `clearing what is left of ${name}` });
      await clear(name, token);
    }
    await rm(dir, { recursive: true, force: true });
    const software = await ensureSoftware({
      cacheDir: cacheRoot(options),
      python: options.python,
      livy: options.livyHome === undefined,
      hadoop: hasYarn(options),
      aws: options.aws === true,
      report,
      signal,
    });
    for (let tries = 1; ; tries++) {
      try {
        return await start(dir, name, made, software, options, report);
      } catch (error) {
        // Somebody took a port between our look and the server's bind.
        const taken = error instanceof LocalError && /address already in use|BindException/i.test(error.message);
        if (!taken || tries === 3 || options.port !== undefined) throw error;
        await rm(dir, { recursive: true, force: true });
      }
    }
  });
}

/** The options that an instance is made with, as text. What was left unstated is left out. */
function wish(options: UpOptions): string {
  const { aws, primaries, livyHome, sparkSubmit, conf, sparkConf, yarnConf, env, allow, port, recovery } = options;
  const { yarnPollMs, yarnRecovery, yarnMemoryMb } = options;
  const same: { [K in keyof Required<InstanceOptions>]: unknown } = {
    yarn: hasYarn(options),
    aws,
    primaries,
    livyHome: livyHome && resolve(livyHome),
    sparkSubmit: sparkSubmit && resolve(sparkSubmit),
    conf,
    sparkConf,
    yarnConf,
    env,
    allow: allow?.map((dir) => resolve(dir)),
    port,
    recovery,
    yarnPollMs,
    yarnRecovery,
    yarnMemoryMb,
  };
  return JSON.stringify(same);
}

/** In what two wishes differ. Which folders are allowed counts only where it was said: whoever came first chose them. */
export function differences(made: string, wanted: string): string[] {
  const [old, now] = [made, wanted].map((text) => JSON.parse(text) as Record<string, unknown>);
  const names = new Set([...Object.keys(old ?? {}), ...Object.keys(now ?? {})]);
  return [...names].filter(
    (name) =>
      !(name === 'allow' && now?.allow === undefined) && JSON.stringify(old?.[name]) !== JSON.stringify(now?.[name]),
  );
}

/** A server on a busy machine may take seconds; to call it broken would end every job of the instance. */
const PATIENCE_MS = 15_000;

async function stillGood(dir: string, old: InstanceRecord, wanted: string): Promise<LocalInstance | undefined> {
  if (old.state !== 'up') return undefined;
  const states = await Promise.all(old.servers.map((server) => serverStatus(server, PATIENCE_MS)));
  if (!states.every(({ state }) => state === 'up')) return undefined;
  const other = differences(old.wish, wanted);
  if (other.length > 0) {
    throw new ConfigError(
      `The local instance ${old.name} is up already with another ${other.join(', ')}; ` +
        `use another name, or stop it first: livywire local down --name ${old.name}`,
      { field: 'name' },
    );
  }
  return { ...asInstance(dir, old), reused: true };
}

/** Stops everything that an instance's token is found on. */
async function clear(name: string, token: string): Promise<void> {
  const left = await stopMarked(token, 0);
  if (left.length > 0) {
    throw new LocalError(`Process ${left.map(({ pid }) => pid).join(', ')} of ${name} could not be stopped`);
  }
}

async function start(
  dir: string,
  name: string,
  wanted: string,
  software: Awaited<ReturnType<typeof ensureSoftware>>,
  options: UpOptions,
  report: (progress: LocalProgress) => void,
): Promise<LocalInstance> {
  const { signal } = options;
  const by = await identify(process.pid);
  if (by === undefined) throw new LocalError('This system does not say when a process started');
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const servers = await planServers({ name, layout: layoutOf(dir), software, options, cwd: process.cwd() }).catch(
    async (error: unknown) => {
      await rm(dir, { recursive: true, force: true }); // without a record nothing lists it, and down does not know it
      throw error;
    },
  );
  let record: InstanceRecord = {
    v: 1,
    name,
    token: randomUUID(),
    createdAt: new Date(systemClock.now()).toISOString(),
    yarn: hasYarn(options),
    ...(options.aws === true && { aws: true }),
    wish: wanted,
    state: 'starting',
    by,
    servers,
  };
  // The token is on disk before any process carries it, so a crash from here on leaves nothing unknown.
  await writeRecord(dir, record);
  try {
    // All at once: each waits for the others by itself, and two cores are busy loading classes anyway.
    for (const server of record.servers) {
      signal?.throwIfAborted();
      report({ step: 'start', message: `${server.name} at ${server.url}` });
      record = await launchOne(dir, record, server.name);
    }
    await together(
      signal,
      ...record.servers.map((server) => async (stop: AbortSignal) => {
        await untilHealthy(server, { signal: stop });
        report({ step: 'healthy', message: `${server.name} answers at ${server.url}` });
      }),
    );
    record = { ...record, state: 'up' };
    await writeRecord(dir, record);
    return asInstance(dir, record);
  } catch (error) {
    await clear(name, record.token);
    await writeRecord(dir, { ...record, state: 'failed' });
    if (isLivywireError(error) || signal?.aborted === true) throw error;
    throw new LocalError(`The local instance ${name} could not be started`, { cause: error });
  }
}

/** Starts one server of an instance and records it at once. */
async function launchOne(dir: string, record: InstanceRecord, name: string): Promise<InstanceRecord> {
  const server = record.servers.find((one) => one.name === name);
  if (server === undefined) {
    throw new ConfigError(`The instance ${record.name} has no server ${name}`, { field: 'server' });
  }
  const id = await launch(server, record.token);
  const servers = record.servers.map((one) => (one === server ? { ...one, process: id } : one));
  const next = { ...record, servers };
  await writeRecord(dir, next);
  return next;
}

/** Starts one server of an instance and waits until it answers. */
export async function startOne(dir: string, record: InstanceRecord, name: string): Promise<InstanceRecord> {
  const next = await launchOne(dir, record, name);
  const server = next.servers.find((one) => one.name === name);
  if (server !== undefined) await untilHealthy(server);
  return next;
}

import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import * as z from 'zod';
import { awsAccess } from './aws-access.js';
import { type LocalInstance, type LocalPlaces, serverNames } from './model.js';
import { stateRoot } from './paths.js';

const processSchema = z.object({ pid: z.int().positive(), started: z.string() });

const serverSchema = z.object({
  name: z.enum(serverNames),
  url: z.string(),
  /** The path that answers 200 once it is well. */
  health: z.string(),
  /** What that answer holds then. */
  healthy: z.string(),
  /** How to start it, so that a restart starts the very same. */
  launch: z.object({
    command: z.string(),
    args: z.array(z.string()),
    env: z.record(z.string(), z.string()),
    cwd: z.string(),
    log: z.string(),
  }),
  /** Absent until it was started. */
  process: processSchema.optional(),
});

const recordSchema = z.object({
  v: z.literal(1),
  name: z.string(),
  /** What every process of the instance carries in its environment. */
  token: z.string().min(16),
  createdAt: z.string(),
  yarn: z.boolean(),
  aws: z.boolean().optional(),
  /** The options that it was made with, as JSON, to tell whether a second `up` wants the same. */
  wish: z.string(),
  state: z.enum(['starting', 'up', 'failed']),
  /** The process whose `up` is at it. */
  by: processSchema,
  servers: z.array(serverSchema),
});

export type ServerRecord = z.infer<typeof serverSchema>;
export type InstanceRecord = z.infer<typeof recordSchema>;

const fileIn = (dir: string): string => join(dir, 'instance.json');

/** What is known of an instance; `undefined` when there is none, or a crash left a folder without a record. */
export async function readRecord(dir: string): Promise<InstanceRecord | undefined> {
  const text = await readFile(fileIn(dir), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : recordSchema.parse(JSON.parse(text));
}

/**
 * The token alone, also out of a record that another version of livywire wrote: whatever its servers are, they can
 * be found and stopped.
 */
export async function readToken(dir: string): Promise<string | undefined> {
  const text = await readFile(fileIn(dir), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return recordSchema.pick({ token: true }).parse(JSON.parse(text)).token;
  } catch {
    return undefined; // no record of ours: nothing was started from it
  }
}

/** Written whole or not at all, and on disk before anything is started under its token. */
export async function writeRecord(dir: string, record: InstanceRecord): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const part = join(dir, `.instance-${process.pid}.json`);
  const file = await open(part, 'w', 0o600);
  try {
    await file.writeFile(JSON.stringify(record, undefined, 1));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(part, fileIn(dir)).catch(async (error: unknown) => {
    await rm(part, { force: true });
    throw error;
  });
}

/** The names of all instances that have a folder. */
export async function recordedNames(places: LocalPlaces = {}): Promise<string[]> {
  const entries = await readdir(stateRoot(places), { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => entry.name)
    .sort();
}

/** The record as callers see it. Only of an instance whose servers were all started. */
export function asInstance(dir: string, record: InstanceRecord): LocalInstance {
  const servers = record.servers.map(({ name, url, launch, process: id }) => ({
    name,
    url,
    log: launch.log,
    process: id ?? { pid: 0, started: '' },
  }));
  const urlOf = (name: string): string => servers.find((server) => server.name === name)?.url ?? '';
  return {
    name: record.name,
    url: urlOf('livy'),
    pid: servers.find((server) => server.name === 'livy')?.process.pid ?? 0,
    dir,
    yarn: record.yarn,
    createdAt: record.createdAt,
    servers,
    ...(record.yarn && {
      behind: {
        resourceManager: urlOf('resourcemanager'),
        nodeManager: urlOf('nodemanager'),
        jobHistory: urlOf('jobhistory'),
        sparkHistory: urlOf('spark-history'),
      },
    }),
    ...(record.aws === true && { aws: awsAccess(record.name, urlOf('aws')) }),
  };
}

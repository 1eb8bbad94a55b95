import { readFileSync } from 'node:fs';
import type { ExecutionContext } from 'ava';
import { fileURLToPath } from 'node:url';
import { webServer, type WebServer } from './web-server.js';

const folder = new URL('../fixtures/spark-facts/', import.meta.url);

/** An application whose answers and event log were recorded (scripts/record-spark-facts.ts): jobs/skewed.py --fail. */
export const RECORDED_APP = 'application_1795406199772_0004';
export const recordedEvents = (): string => fileURLToPath(new URL('skewed-fails/events', folder));

/** A History Server with that application and no other. */
export async function recordedHistory(t: Pick<ExecutionContext, 'teardown'>): Promise<WebServer> {
  const answers = JSON.parse(readFileSync(new URL('skewed-fails/api.json', folder), 'utf8')) as Record<string, unknown>;
  return webServer(t, ({ url }, response) => {
    const answer = answers[url];
    if (answer === undefined) response.writeHead(404).end(`unknown app: ${url.split('/')[4] ?? ''}`);
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
}

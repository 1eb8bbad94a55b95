import { type AppReport, redactText, type Usage } from '../core/index.js';
import * as z from 'zod/mini';
import { type DriverPlace, readAppState } from './app-state.js';
import { oneOrMore, orNone } from './jettison.js';
import { parsed } from './parsed.js';

const text = z.catch(z.string(), '');
const count = z.catch(z.number(), 0);

/**
 * `app` of `GET /ws/v1/cluster/apps/<id>`, Hadoop 2.8 to 3.4. Whoever may not view an application gets its id, user,
 * name, queue, state, final status and tags only; times and numbers are 0 then, as they are where there is no value yet.
 */
export const WireApp = z.object({
  id: z.string(),
  state: z.string(),
  finalStatus: z.catch(z.string(), 'UNDEFINED'),
  user: text,
  name: text,
  queue: text,
  diagnostics: text,
  applicationType: text,
  applicationTags: text,
  trackingUrl: text,
  amContainerLogs: text,
  startedTime: count,
  finishedTime: count,
  memorySeconds: count,
  vcoreSeconds: count,
  /** Hadoop 3.1 and later; 0 until the master was started. */
  launchTime: z.catch(z.optional(z.number()), undefined),
  /** Where the driver listens; absent in client mode, after a restart of the ResourceManager, and from Hadoop 2.8. */
  amRPCAddress: z.catch(z.optional(z.string()), undefined),
  /** When the ResourceManager that answers was started. */
  clusterId: count,
});
export type WireApp = z.infer<typeof WireApp>;

/** @throws BadAnswerError */
export function reportOf(answer: unknown): AppReport {
  const wrapped = z.object({ app: WireApp });
  return toReport(parsed(wrapped, answer, 'YARN\'s answer is not an application ({"app": {…}})').app);
}

const WireList = z.object({
  apps: orNone(z.object({ app: z.optional(oneOrMore(WireApp)) })),
});

/** `{"apps":{"app":[…]}}`; one application may stand there without its list, and none is `{}`, `null` or `""`. @throws BadAnswerError */
export function reportsOf(answer: unknown): AppReport[] {
  const list = parsed(WireList, answer, 'YARN\'s answer is not a list of applications ({"apps": {"app": […]}})');
  return (list.apps?.app ?? []).map(toReport);
}

function toReport(app: WireApp): AppReport {
  const { state, unclear } = readAppState(app.state, app.finalStatus, driverPlaceOf(app));
  const attempts = attemptsOf(app);
  return {
    appId: app.id,
    raw: app.state,
    finalStatus: app.finalStatus,
    state,
    ...(unclear !== undefined && { unclear }),
    name: app.name,
    user: app.user,
    queue: app.queue,
    tags: app.applicationTags
      .split(',')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== ''),
    diagnostics: redactText(app.diagnostics),
    startedMs: app.startedTime,
    ...(app.finishedTime > 0 && { finishedMs: app.finishedTime }),
    ...(app.trackingUrl !== '' && { trackingUrl: app.trackingUrl }),
    ...(app.amContainerLogs !== '' && { amContainerLogs: app.amContainerLogs }),
    ...(attempts !== undefined && { attempts }),
    usage: usageOf(app),
  };
}

/**
 * Spark's master tells YARN where its driver listens, and in client mode that there is no such place (seen on 3.3.4).
 * That says something only where the server is new enough (`launchTime`), where we may see it (`amContainerLogs`), and
 * where the ResourceManager has not been restarted, which makes it forget the address.
 */
export function driverPlaceOf(app: WireApp): DriverPlace {
  if (app.applicationType !== 'SPARK') return 'unknown';
  if (app.amRPCAddress !== undefined) return 'application-master';
  const wasRecovered =
    !app.id.startsWith(`application_${app.clusterId}_`) || app.diagnostics.includes('recovered after RM restart');
  const wouldTell = app.launchTime !== undefined && app.launchTime > 0 && app.amContainerLogs !== '' && !wasRecovered;
  return wouldTell ? 'outside' : 'unknown';
}

/** The master's container carries the number of its attempt: `container_[e17_]1795397285523_0006_02_000001`. */
function attemptsOf({ amContainerLogs }: WireApp): number | undefined {
  const attempt = /\bcontainer_(?:e\d+_)?\d+_\d+_(\d+)_\d+\b/.exec(amContainerLogs)?.[1];
  return attempt === undefined ? undefined : Number(attempt);
}

/** For a second or two after the end the seconds still grow, until YARN has taken back the last container. */
function usageOf({ startedTime, launchTime = 0, finishedTime, memorySeconds, vcoreSeconds }: WireApp): Usage {
  if (startedTime === 0) return {}; // hidden from us
  return {
    memoryMbSeconds: memorySeconds,
    vcoreSeconds,
    ...(launchTime >= startedTime && { queueMs: launchTime - startedTime }),
    ...(finishedTime >= startedTime && { runMs: finishedTime - startedTime }),
  };
}

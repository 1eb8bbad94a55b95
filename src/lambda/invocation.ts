import { type Clock, type Logger, systemClock } from '../core/index.js';
import { Connection } from './connection.js';
import type { LambdaContext } from './context.js';
import { type TimeLeft, withTimeLeft } from './deadline.js';
import { type Environment, environment, writeLine } from './environment.js';
import { openServices } from './open-services.js';
import type { OpenServices, Services } from './services.js';
import { Telemetry } from './telemetry.js';
import { clean, isOfRun } from './thrown.js';

/** What every handler can be given; the defaults are a function's own. */
export interface HandlerOptions {
  /** Opens what the handler works with, once for each execution environment. @defaultValue what `LIVYWIRE_…` of the environment name */
  readonly open?: OpenServices;
  /** @defaultValue the function's */
  readonly env?: Environment;
  readonly clock?: Clock;
  /** Takes a line of the log. @defaultValue stdout */
  readonly write?: (line: string) => void;
}

/** One call of a function. */
export interface Invocation extends TimeLeft {
  readonly clock: Clock;
  readonly env: Environment;
  readonly context: LambdaContext | undefined;
  readonly telemetry: Telemetry;
  /** The same at each call: what a part of the work uses is not closed for another part. */
  services(): Promise<Services>;
  /** The same for who starts nothing: a cluster that is gone is no reason to fail. */
  readers(): Promise<Services>;
  /** Closes what is open, once: a request that is under way ends. */
  drop(): Promise<void>;
}

export type Handler<Answer> = (event: unknown, context?: LambdaContext) => Promise<Answer>;

/** Longest part of an invocation that a cluster which is starting is waited for. */
const OPEN_SHARE = 0.8;

/**
 * The frame of every handler: services that stay open, a limit before the function's own, one line of the log for what went
 * wrong, metrics, and errors that hold nothing but their name and their words.
 */
export function createHandler<Answer>(
  name: string,
  { open = openServices, env: given, clock = systemClock, write = writeLine }: HandlerOptions,
  work: (event: unknown, call: Invocation) => Promise<Answer>,
  { starts = false }: { readonly starts?: boolean } = {},
): Handler<Answer> {
  const connection = new Connection(open, clock);
  const reading = starts ? new Connection(open, clock) : connection;
  let coldStart = true;
  // What stays open speaks in the log of the call that uses it.
  let current: Telemetry | undefined;
  const logger: Logger = {
    debug: (...said) => current?.logger.debug(...said),
    info: (...said) => current?.logger.info(...said),
    warn: (...said) => current?.logger.warn(...said),
  };
  return async (event, context) => {
    const env = given ?? environment();
    const telemetry = new Telemetry({ env, context, coldStart, now: () => clock.now(), write });
    coldStart = false;
    current = telemetry;
    const startedMs = clock.now();
    try {
      return await withTimeLeft(clock, context, (time) => {
        const { signal } = time;
        const arn = context?.invokedFunctionArn;
        const wishes = (isStart: boolean) => ({
          starts: isStart,
          signal,
          withinMs: time.leftMs() * OPEN_SHARE,
          logger,
          ...(arn !== undefined && { functionArn: arn }),
        });
        let mine: Promise<Services> | undefined;
        let dropped: Promise<void> | undefined;
        const own = (): Promise<Services> => {
          const opening = connection.services(wishes(starts));
          opening.catch(() => (mine = undefined));
          return opening;
        };
        return work(event, {
          ...time,
          clock,
          env,
          context,
          telemetry,
          services: () => (mine ??= own()),
          readers: () => reading.services(wishes(false)),
          drop: () => (dropped ??= connection.drop()),
        });
      });
    } catch (error) {
      const thrown = clean(error);
      if (isOfRun(thrown)) telemetry.log('WARN', thrown.message, { error: { name: thrown.name } });
      else {
        await connection.dropAfter(error);
        telemetry.count('Failures');
        telemetry.failed(thrown);
      }
      throw thrown;
    } finally {
      telemetry.flush(name, clock.now() - startedMs);
    }
  };
}

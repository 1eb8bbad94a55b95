import type { CallOptions, SparkFacts } from '../core/index.js';
import { type EventName, eventName, type EventOf, events } from './event-log-events.js';
import { eventLines, findEventLog } from './event-log-files.js';
import { Stages } from './event-log-stages.js';
import { Executors, Jobs, Queries } from './event-log-tallies.js';

/**
 * The same facts as from the monitoring API, from the event log that the driver wrote: nobody has to be up for it.
 * One that is still written to is read as far as it goes. Memory grows with the number of tasks (8 bytes each), not with the
 * log's length.
 * @param path a log's file, or the folder of a rolled one
 * @throws ConfigError for what is no event log, or a compressed one
 */
export async function readEventLog(path: string, { signal }: CallOptions = {}): Promise<SparkFacts> {
  const log = await findEventLog(path);
  const book = new Book();
  for await (const line of eventLines(log, signal)) book.read(line);
  return book.facts(log.name);
}

/** What the events read so far come to. */
class Book {
  readonly #jobs = new Jobs();
  readonly #stages = new Stages();
  readonly #executors = new Executors();
  readonly #queries = new Queries();
  #sparkVersion: string | undefined;
  #start: EventOf<'SparkListenerApplicationStart'> | undefined;
  #endedMs: number | undefined;
  #properties: Readonly<Record<string, string>> = {};
  #broken = 0;

  read(line: string): void {
    const name = eventName(line);
    if (name === undefined) return;
    try {
      this.#note(name, JSON.parse(line));
    } catch {
      this.#broken++; // the last line of a log that is still written to, or one of a Spark that we do not know
    }
  }

  #note(name: EventName, event: unknown): void {
    switch (name) {
      case 'SparkListenerLogStart':
        this.#sparkVersion = events[name].parse(event)['Spark Version'];
        return;
      case 'SparkListenerApplicationStart':
        this.#start = events[name].parse(event);
        return;
      case 'SparkListenerApplicationEnd':
        this.#endedMs = events[name].parse(event).Timestamp;
        return;
      case 'SparkListenerEnvironmentUpdate':
        this.#properties = events[name].parse(event)['Spark Properties'];
        return;
      case 'SparkListenerBlockManagerAdded':
        return this.#executors.seen(events[name].parse(event));
      case 'SparkListenerExecutorAdded':
        return this.#executors.added(events[name].parse(event));
      case 'SparkListenerExecutorRemoved':
        return this.#executors.removed(events[name].parse(event));
      case 'SparkListenerJobStart': {
        const job = events[name].parse(event);
        this.#stages.planned(job);
        this.#queries.job(job);
        return this.#jobs.started(job);
      }
      case 'SparkListenerJobEnd': {
        const job = events[name].parse(event);
        if (job['Job Result'].Result !== 'JobSucceeded') this.#queries.failed(job['Job ID']);
        return this.#jobs.ended(job);
      }
      case 'SparkListenerStageSubmitted':
        return this.#stages.submitted(events[name].parse(event));
      case 'SparkListenerStageCompleted':
        return this.#stages.completed(events[name].parse(event));
      case 'SparkListenerTaskStart':
        return this.#stages.taskStarted(events[name].parse(event));
      case 'SparkListenerTaskEnd': {
        const task = events[name].parse(event);
        this.#stages.taskEnded(task);
        return this.#executors.taskEnded(task);
      }
      case 'org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionStart':
        return this.#queries.started(events[name].parse(event));
      case 'org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionEnd':
        return this.#queries.ended(events[name].parse(event));
    }
  }

  facts(name: string): SparkFacts {
    const start = this.#start;
    const attemptId = start?.['App Attempt ID'];
    const stages = this.#stages.facts();
    return {
      source: `event log ${name}`,
      appId: start?.['App ID'] ?? '',
      name: start?.['App Name'] ?? '',
      ...(this.#sparkVersion !== undefined && { sparkVersion: this.#sparkVersion }),
      ...(attemptId !== undefined && { attemptId }),
      ...(start?.Timestamp !== undefined && { startedMs: start.Timestamp }),
      ...(this.#endedMs !== undefined && { endedMs: this.#endedMs }),
      completed: this.#endedMs !== undefined,
      jobs: this.#jobs.facts(stages),
      stages,
      executors: this.#executors.facts(),
      queries: this.#queries.facts(),
      properties: Object.entries(this.#properties),
      missing: [
        ...(start ? [] : ['the start of the application: this is no whole event log']),
        ...(this.#endedMs === undefined
          ? ['the end of the application: the log is still written to, or its driver was killed']
          : []),
        ...(this.#broken > 0 ? [`${this.#broken} lines of the event log that could not be read`] : []),
      ],
    };
  }
}

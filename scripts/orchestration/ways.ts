/** Ways to wait for a job, by simulation: what each costs, and when it knows the end. */
import { LIVY_OVER_YARN_MIN_MS, pace } from '../../src/run/index.js';
import { runSparkJob, type StateMachine } from '../../src/workflow/index.js';
import { simulate } from '../../test/durable/simulate.js';
import { type Execution, Interpreter, total, type World } from '../../test/workflow/interpreter.js';
import { functions, SparkWorld } from '../../test/workflow/spark-world.js';

const MINUTE = 60;
const HOUR = 3_600;
const DAY = 24 * HOUR;
export const lengths = { '10 min': 10 * MINUTE, '1 h': HOUR, '24 h': DAY, '30 d': 30 * DAY } as const;
/** The end falls somewhere between two looks: on average over many lengths, all near the one that is named. */
export const SAMPLES = 40;
/** A call of a function. */
export const CALL_MS = 800;
/** Between two looks of the watcher into the ledger, and the longest between two at one run. */
const ROUND_MS = 60_000;

export interface Row {
  readonly way: string;
  readonly length: string;
  /** Whether the execution saw the end. */
  readonly ends: boolean;
  /** Seconds from the job's end to the execution's: mean and most. */
  readonly delayMeanS?: number;
  readonly delayMostS?: number;
  readonly lambdaCalls: number;
  readonly transitions: number;
  /** Of a durable execution its operations, which AWS allows 3,000 of. */
  readonly events: number;
  readonly executions: number;
  /** Hours after which the history was full, where it was. */
  readonly fullAfterH?: number;
}

/** The published pattern: one call, a wait of 10 s, a look, a choice. */
const fixedLoop: StateMachine = {
  Comment: 'The published pattern',
  StartAt: 'Submit',
  States: {
    Submit: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters: { FunctionName: 'submit', 'Payload.$': '$' },
      OutputPath: '$.Payload',
      Next: 'Wait',
    },
    Wait: { Type: 'Wait', Seconds: 10, Next: 'Status' },
    Status: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters: { FunctionName: 'status', 'Payload.$': '$' },
      OutputPath: '$.Payload',
      Next: 'Choice',
    },
    Choice: {
      Type: 'Choice',
      Choices: [{ Variable: '$.state', StringEquals: 'success', Next: 'Done' }],
      Default: 'Wait',
    },
    Done: { Type: 'Succeed' },
  },
};

class FixedWorld implements World {
  now = 0;
  readonly endsAt: number;
  constructor(seconds: number) {
    this.endsAt = 800 + 1_000 * seconds;
  }
  async wait(ms: number): Promise<void> {
    this.now += ms;
  }
  async invoke(): Promise<unknown> {
    this.now += 800;
    return { state: this.now >= this.endsAt ? 'success' : 'running' };
  }
}

/** One watcher for all runs: it finds a run within a minute, looks at the pace of its age, a minute at most, and completes the task. */
class WatchedWorld implements World {
  now = 0;
  readonly endsAt: number;
  /** When in its round it finds a run: another time for each. */
  static #found = 0;
  #complete: (answer: unknown) => void = () => undefined;
  constructor(seconds: number) {
    this.endsAt = CALL_MS + 1_000 * seconds;
  }
  async wait(ms: number): Promise<void> {
    this.now += ms;
  }
  completed(): Promise<unknown> {
    return new Promise((resolve) => (this.#complete = resolve));
  }
  async invoke(): Promise<unknown> {
    this.now += CALL_MS;
    const bornAt = this.now;
    for (this.now += (WatchedWorld.#found++ * 7_300) % ROUND_MS; this.now < this.endsAt;)
      this.now += pace(this.now - bornAt, { minMs: LIVY_OVER_YARN_MIN_MS, maxMs: ROUND_MS });
    this.now += CALL_MS;
    this.#complete({ v: 1, next: 'done', events: 9, outcome: { kind: 'succeeded' } });
    return {};
  }
}

interface Tried {
  readonly execution: Execution;
  readonly endedAt: number;
}
type Way = (seconds: number) => Promise<Tried>;

export const ways: Readonly<Record<string, Way>> = {
  'run-spark-job': async (seconds) => {
    const spark = new SparkWorld({ plans: [{ seconds }] });
    const execution = await new Interpreter(runSparkJob({ functions }), spark).run({ job: { file: 's3://b/job.py' } });
    return { execution, endedAt: spark.attempts[0]?.endsAt ?? NaN };
  },
  'run-spark-job by token': async (seconds) => {
    const world = new WatchedWorld(seconds);
    const machine = runSparkJob({ functions, wait: 'token' });
    const execution = await new Interpreter(machine, world).run({ job: { file: 's3://b/job.py' } });
    return { execution, endedAt: world.endsAt };
  },
  'fixed 10 s loop': async (seconds) => {
    const world = new FixedWorld(seconds);
    const execution = await new Interpreter(fixedLoop, world).run({});
    return { execution, endedAt: world.endsAt };
  },
  'durable function': async (seconds) => {
    const { startedAt, jobEndedAt, endedAt, operations, invocations } = await simulate(seconds);
    const counted = {
      transitions: 0,
      lambdas: invocations,
      events: operations,
      redriveCount: 0,
      path: [],
      children: [],
    };
    return {
      execution: { arn: 'arn', input: {}, status: 'SUCCEEDED', startedAt, endedAt, ...counted },
      endedAt: jobEndedAt,
    };
  },
};

const executionsOf = ({ children }: Execution): number => 1 + children.reduce((sum, one) => sum + executionsOf(one), 0);

export async function measure(
  [way, run]: readonly [string, Way],
  [length, seconds]: readonly [string, number],
  samples = SAMPLES,
): Promise<Row> {
  const tried = await Promise.all(
    // Within 5 % below what is said, so that no step of the pace is met by chance.
    Array.from({ length: samples }, (_, index) => run(Math.round(seconds * (1 - (0.05 * index) / samples)))),
  );
  const [first] = tried as [Tried];
  const { execution } = first;
  const ends = tried.every((one) => one.execution.status === 'SUCCEEDED');
  const delays = tried.map((one) => (one.execution.endedAt - one.endedAt) / 1_000);
  const mean = delays.reduce((sum, one) => sum + one, 0) / samples;
  return {
    way,
    length,
    ends,
    ...(ends && { delayMeanS: Math.round(mean), delayMostS: Math.round(Math.max(...delays)) }),
    lambdaCalls: total(execution, 'lambdas'),
    transitions: total(execution, 'transitions'),
    events: total(execution, 'events'),
    executions: executionsOf(execution),
    ...(!ends && { fullAfterH: Math.round((execution.endedAt - execution.startedAt) / 360_000) / 10 }),
  };
}

/** Step Functions' own look at an EMR step: every 60 s for 10 minutes, then every 300 s. It bills one transition for all of it. */
export const stepRows = (): Row[] =>
  Object.entries(lengths).map(([length, seconds]) => {
    const every = seconds <= 600 ? 60 : 300;
    return {
      way: 'run-spark-step',
      length,
      ends: true,
      delayMeanS: every / 2,
      delayMostS: every,
      lambdaCalls: 0,
      transitions: 1,
      events: 7,
      executions: 1,
    };
  });

import type { ChoiceRule, State, Template } from '../asl.js';
import type { Retrier } from '../asl.js';
import { BADLY, type Ending, endingRules, WELL } from '../endings.js';
import { forReads } from '../retries.js';
import type { Branch, PipelineState } from './states.js';

/** Something that is started, and then looked at until it has ended. */
export interface PollLoop {
  /** Absent: it was started by somebody else. Its answer stands at `$.started`. */
  readonly start?: {
    readonly resource: string;
    readonly parameters: Template;
    readonly retry?: readonly Retrier[];
  };
  /** Its answer stands at `$.looked`. */
  readonly look: { readonly resource: string; readonly parameters: Template };
  /** When it is over. The first that fits decides. */
  readonly ends: readonly Ending[];
  /** Name of the error. */
  readonly error: string;
  /** An intrinsic function or a path, in words of the service. */
  readonly cause: string;
  /** Pauses in seconds: the first, by how much each is longer than the last one, the longest. */
  readonly pause: { readonly first: number; readonly growth: number; readonly longest: number };
  /** Gives in after so many seconds of pauses, and does what is said first. */
  readonly timeout?: {
    readonly seconds: number;
    readonly stop?: { readonly resource: string; readonly parameters: Template };
  };
}

const BEGIN = 'Begin';
const WAIT = 'Wait';
const LOOK = 'Look';
const HOW = 'How is it';
const COUNT = 'Count the pause';
const LONGER = 'Wait longer';
const STOP = 'Stop it';
const LATE = 'Took too long';

const task = (
  { resource, parameters }: { readonly resource: string; readonly parameters: Template },
  ResultPath: string | null,
  Next: string,
  Retry: readonly Retrier[],
): PipelineState => ({ Type: 'Task', Resource: resource, Parameters: parameters, ResultPath, Retry, Next });

/**
 * For what Step Functions has no `.sync`. The pause grows with the age, as everywhere here. A failure ends in a Fail state, which a
 * redrive only repeats.
 */
export function pollLoop(loop: PollLoop): Branch {
  const { start, look, ends, error, cause, pause, timeout } = loop;
  const began: State = {
    Type: 'Pass',
    Parameters: { seconds: pause.first, waited: 0 },
    ResultPath: '$.pause',
    Next: WAIT,
  };
  const later: ChoiceRule[] = [
    ...(timeout
      ? [
          {
            Variable: '$.pause.waited',
            NumericGreaterThanEquals: timeout.seconds,
            Next: timeout.stop ? STOP : LATE,
          },
        ]
      : []),
    { Variable: '$.pause.seconds', NumericGreaterThanEquals: pause.longest, Next: WAIT },
  ];
  return {
    StartAt: start ? 'Start' : BEGIN,
    States: {
      ...(start && { Start: task(start, '$.started', BEGIN, start.retry ?? []) }),
      [BEGIN]: began,
      [WAIT]: { Type: 'Wait', SecondsPath: '$.pause.seconds', Next: COUNT },
      [COUNT]: {
        Type: 'Pass',
        Parameters: {
          'seconds.$': '$.pause.seconds',
          'waited.$': 'States.MathAdd($.pause.waited, $.pause.seconds)',
        },
        ResultPath: '$.pause',
        Next: LOOK,
      },
      [LOOK]: task(look, '$.looked', HOW, forReads),
      [HOW]: {
        Type: 'Choice',
        Choices: [...endingRules(ends), ...later],
        Default: LONGER,
      },
      [LONGER]: {
        Type: 'Pass',
        Parameters: {
          'seconds.$': `States.MathAdd($.pause.seconds, ${pause.growth})`,
          'waited.$': '$.pause.waited',
        },
        ResultPath: '$.pause',
        Next: WAIT,
      },
      ...(timeout && {
        ...(timeout.stop && {
          [STOP]: {
            ...task(timeout.stop, null, LATE, forReads),
            Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: LATE }],
          },
        }),
        [LATE]: { Type: 'Fail', Error: 'States.Timeout', Cause: `Took longer than ${timeout.seconds} s` },
      }),
      [WELL]: { Type: 'Succeed' },
      [BADLY]: { Type: 'Fail', Error: error, CausePath: cause },
    },
  };
}

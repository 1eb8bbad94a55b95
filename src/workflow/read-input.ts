import type { Json, State, Template } from './asl.js';
import { paths } from './payload.js';
import { stateNames } from './state-names.js';

/** What the data begins with, beside the input. */
const nothingYet = { answer: {} } as const;

/** The states that make the machine's data of the input: of a person's, or of an execution that hands over. */
export function readInput(next: string, defaults?: Readonly<Record<string, Json>>): Record<string, State> {
  const { read, applyDefaults, wasHandedOver, begin, goOn, submit } = stateNames;
  const given: Template = defaults ? { defaults, 'given.$': '$' } : { 'input.$': '$', ...nothingYet };
  return {
    [read]: { Type: 'Pass', Parameters: given, Next: defaults ? applyDefaults : wasHandedOver },
    ...(defaults && {
      [applyDefaults]: {
        Type: 'Pass',
        Parameters: { 'input.$': 'States.JsonMerge($.defaults, $.given, false)', ...nothingYet },
        Next: wasHandedOver,
      },
    }),
    [wasHandedOver]: {
      Type: 'Choice',
      Choices: [{ Variable: `${paths.execution}.arn`, IsPresent: true, Next: goOn }],
      Default: begin,
    },
    [begin]: {
      Type: 'Pass',
      Comment: 'Without a key of its own the run is known by this execution',
      Parameters: { 'arn.$': '$$.Execution.Id', state: submit, retries: 0, redriveCount: 0 },
      ResultPath: paths.execution,
      Next: next,
    },
    [goOn]: {
      Type: 'Pass',
      Comment: 'The run is still known by the first execution; its redrives are counted with the retries',
      Parameters: {
        'arn.$': `${paths.execution}.arn`,
        'state.$': `${paths.execution}.state`,
        'retries.$': `States.MathAdd(${paths.execution}.retries, ${paths.execution}.redriveCount)`,
        redriveCount: 0,
      },
      ResultPath: paths.execution,
      Next: next,
    },
  };
}

import { ConfigError } from '../../core/index.js';
import type { Json } from '../asl.js';
import { template } from '../pipeline/references.js';
import type { Trigger } from './options.js';

type States = Readonly<Record<string, unknown>>;

/** What of an event a text may name, and where it stands in the data of the machine's first states. */
const PLACEHOLDERS: Readonly<Record<Trigger['kind'], Readonly<Record<string, string>>>> = {
  s3: {
    bucket: '$.detail.bucket.name',
    key: '$.detail.object.key',
    etag: '$.detail.object.etag',
    sequencer: '$.detail.object.sequencer',
    size: "States.Format('{}', $.detail.object.size)",
    name: lastPart('$.detail.object.key'),
    uri: "States.Format('s3://{}/{}', $.detail.bucket.name, $.detail.object.key)",
  },
  schedule: {
    arn: 'States.ArrayGetItem($.resources, 0)',
    rule: lastPart('States.ArrayGetItem($.resources, 0)'),
  },
};
const OF_ALL: Readonly<Record<string, string>> = {
  id: '$.id',
  time: '$.time',
  date: "States.ArrayGetItem(States.StringSplit($.time, 'T'), 0)",
};

function lastPart(path: string): string {
  const parts = `States.StringSplit(${path}, '/')`;
  return `States.ArrayGetItem(${parts}, States.MathAdd(States.ArrayLength(${parts}), -1))`;
}

/** An event that is delivered twice has one key, which is the handlers' own, whichever of them is told of it. */
const KEYS: Readonly<Record<Trigger['kind'], string>> = {
  s3: "States.Format('s3/{}/{}?{}', $.input.bucket, $.input.key, $.write.is)",
  schedule: "States.Format('schedule/{}/{}', $.input.arn, $.input.time)",
};

/** A bucket without versions sends none, and one that had them calls each `null`. */
const VERSION = "$.input.event.detail.object['version-id']";
const OF_VERSION = `States.Format('version={}', ${VERSION})`;
const OF_WRITE = "States.Format('etag={}&sequencer={}', $.input.etag, $.input.sequencer)";

/** What tells two writes of an object apart, at `$.write.is`. */
function whichWrite(next: string): States {
  const [hasVersion, ofVersion, ofWrite] = ['Has it a version', 'Take the version', 'Take the write'] as const;
  const taken = (is: string) => ({ Type: 'Pass', Parameters: { 'is.$': is }, ResultPath: '$.write', Next: next });
  return {
    [hasVersion]: {
      Type: 'Choice',
      Choices: [
        {
          And: [
            { Variable: VERSION, IsPresent: true },
            { Variable: VERSION, StringEquals: 'null' },
          ],
          Next: ofWrite,
        },
        { Variable: VERSION, IsPresent: true, Next: ofVersion },
      ],
      Default: ofWrite,
    },
    [ofVersion]: taken(OF_VERSION),
    [ofWrite]: taken(OF_WRITE),
  };
}

/**
 * States in front of a machine that make its input of an event: what starts it by hand goes past them. Texts are put together by
 * Step Functions, which takes an object's name for a text and nothing else, whatever is in it.
 * @param hasKeys whether an input may have a `key`
 * @throws ConfigError naming a placeholder that such an event does not have
 */
export function withEventInput<Machine extends { readonly StartAt: string; readonly States: States }>(
  machine: Machine,
  { kind, input }: Trigger,
  hasKeys: boolean,
): Machine {
  const fields = { ...OF_ALL, ...PLACEHOLDERS[kind] };
  const [isEvent, read, make] = ['Is it an event', 'Read the event', 'Make the input'] as const;
  const makesKey = hasKeys && input.key === undefined;
  const write = makesKey && kind === 's3' ? whichWrite(make) : {};
  const made = template(filled(input, Object.keys(fields), '--input') as Readonly<Record<string, unknown>>);
  return {
    ...machine,
    StartAt: isEvent,
    States: {
      [isEvent]: {
        Type: 'Choice',
        Comment: 'An input of a person or a program is taken as it is',
        Choices: [
          {
            And: ['$.source', '$.detail', '$.time'].map((Variable) => ({ Variable, IsPresent: true })),
            Next: read,
          },
        ],
        Default: machine.StartAt,
      },
      [read]: {
        Type: 'Pass',
        Parameters: {
          input: {
            ...Object.fromEntries(Object.entries(fields).map(([name, path]) => [`${name}.$`, path])),
            'event.$': '$',
          },
        },
        Next: Object.keys(write)[0] ?? make,
      },
      ...write,
      [make]: {
        Type: 'Pass',
        Parameters: { ...made, ...(makesKey && { 'key.$': KEYS[kind] }) },
        Next: machine.StartAt,
      },
      ...machine.States,
    },
  };
}

const PLACEHOLDER = /\{\{|\}\}|\{([A-Za-z][\w.-]*)\}/g;

/** `{uri}` as the pipelines write it: a path below the event. */
function filled(value: Json, names: readonly string[], at: string): unknown {
  if (typeof value === 'string')
    return value
      .replaceAll('${', () => '$${')
      .replace(PLACEHOLDER, (whole, name?: string) =>
        name === undefined ? whole.slice(0, 1) : pathOf(name, names, at),
      );
  if (Array.isArray(value)) return (value as readonly Json[]).map((one, i) => filled(one, names, `${at}[${i}]`));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value as Readonly<Record<string, Json>>).map(([name, one]) => [
      name,
      filled(one, names, `${at}.${name}`),
    ]),
  );
}

function pathOf(name: string, names: readonly string[], at: string): string {
  if (name.startsWith('event.') || names.includes(name)) return `\${input.${name}}`;
  throw new ConfigError(
    `${at}: there is no {${name}} in what starts this machine; there are ${names.map((one) => `{${one}}`).join(', ')}, and its own fields as {event.…}. For a brace write {{`,
    { field: '--input' },
  );
}

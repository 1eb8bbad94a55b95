/** Alarms and dashboard ask for metrics that the functions really write, under the dimensions that they write them. */
import test from 'ava';
import { createSubmitHandler, createWatchHandler } from '../../../src/lambda/index.js';
import { job, lambdaRig } from '../../lambda/rig.js';
import { deploy } from './deployments.js';

interface Line {
  readonly _aws?: {
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
}

/** `livywire OpenRuns service`, for each metric under each of its sets of dimensions. */
async function written(): Promise<ReadonlySet<string>> {
  const rig = lambdaRig({ script: () => ({ outcome: 'failed', afterMs: 60_000 }) });
  const submit = createSubmitHandler(rig.options);
  await submit({ job, key: 'k' }, rig.context());
  await createWatchHandler(rig.options)({}, rig.context(300));
  await submit({ job: 'none' }, rig.context()).catch(() => undefined);
  return new Set(
    (rig.lines as readonly Line[]).flatMap(({ _aws }) =>
      (_aws?.CloudWatchMetrics ?? []).flatMap(({ Namespace, Dimensions, Metrics }) =>
        Dimensions.flatMap((names) => Metrics.map(({ Name }) => `${Namespace} ${Name} ${names.join()}`)),
      ),
    ),
  );
}

test('every metric of ours that an alarm waits for is written by a function', async (t) => {
  const made = await written();
  const asked = Object.values(deploy().deployment.resources).flatMap(({ Type, Properties }) => {
    const { Namespace, MetricName, Dimensions } = Properties as unknown as {
      readonly Namespace?: string;
      readonly MetricName: string;
      readonly Dimensions: readonly { readonly Name: string }[];
    };
    if (Type !== 'AWS::CloudWatch::Alarm' || Namespace !== 'livywire') return [];
    return [`${Namespace} ${MetricName} ${Dimensions.map(({ Name }) => Name).join()}`];
  });
  t.is(asked.length, 5);
  for (const one of asked) t.true(made.has(one), `${one}; there are ${[...made].join(' | ')}`);
});

import type { JobSpec } from '../../core/index.js';

/** The folder into which YARN unpacks the archive, in the driver's and each executor's own. */
const DEPENDENCIES = 'deps';
const ENTRY = `./${DEPENDENCIES}`;

/** Of the driver, which runs in the application master, and of the executors. */
const VARIABLES = ['spark.yarn.appMasterEnv.PYTHONPATH', 'spark.executorEnv.PYTHONPATH'] as const;

/** What a job with a dependency archive cannot do without. */
export const pythonPathConf: Readonly<Record<string, string>> = Object.fromEntries(
  VARIABLES.map((name) => [name, ENTRY]),
);

/** The settings with those that are needed: of a PYTHONPATH that was set before, ours comes first and the rest stays. */
export function withPythonPath(
  given: NonNullable<JobSpec['conf']>,
  needed: Readonly<Record<string, string>>,
): NonNullable<JobSpec['conf']> {
  const merged = Object.entries(needed).map(([name, value]): [string, string] => {
    const there = name.endsWith('.PYTHONPATH') ? String(given[name] ?? '') : '';
    const rest = there.split(':').filter((one) => one !== '' && !value.split(':').includes(one));
    return [name, [value, ...rest].join(':')];
  });
  return { ...given, ...Object.fromEntries(merged) };
}

/** The job with an archive on its PYTHONPATH. */
export const withArchive = (spec: JobSpec, path: string): JobSpec => ({
  ...spec,
  archives: [...(spec.archives ?? []), `${path}#${DEPENDENCIES}`],
  conf: withPythonPath(spec.conf ?? {}, pythonPathConf),
});

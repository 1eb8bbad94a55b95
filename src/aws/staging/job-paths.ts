import { type JobSpec, type PathList, pathLists } from '../../core/index.js';

export type PathKind = 'file' | PathList;

/** One path of a job, where it stands. */
export interface JobPath {
  /** As people know it: `pyFiles`, `conf["spark.jars"]`. */
  readonly field: string;
  readonly kind: PathKind;
  readonly given: string;
}

/** Settings that say the same as a field, with commas between. */
const settings = {
  'spark.jars': 'jars',
  'spark.submit.pyFiles': 'pyFiles',
  'spark.files': 'files',
  'spark.archives': 'archives',
} as const satisfies Readonly<Record<string, PathKind>>;
type Setting = keyof typeof settings;
const settingNames = Object.keys(settings) as readonly Setting[];

/** Of a job's settings those that name files. */
export const fileSettings = ({ conf = {} }: JobSpec): Readonly<Record<string, string>> =>
  Object.fromEntries(
    settingNames.flatMap((name) => (typeof conf[name] === 'string' ? [[name, conf[name]] as const] : [])),
  );

const split = (value: string): string[] =>
  value
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');

/** Every path that a job names, and the job with each of them replaced by what `change` gives for it. */
export class JobPaths {
  readonly #spec: JobSpec;
  readonly all: readonly JobPath[];
  readonly #of = new Map<string, readonly JobPath[]>();

  constructor(spec: JobSpec) {
    this.#spec = spec;
    this.#take('file', 'file', [spec.file]);
    for (const list of pathLists) if (spec[list]) this.#take(list, list, spec[list]);
    for (const name of settingNames) {
      const value = spec.conf?.[name];
      if (typeof value === 'string') this.#take(fieldOf(name), settings[name], split(value));
    }
    this.all = [...this.#of.values()].flat();
  }

  replaced(change: (path: JobPath) => readonly string[]): JobSpec {
    const changed = (field: string): string[] => (this.#of.get(field) ?? []).flatMap(change);
    const given = pathLists.filter((list) => this.#spec[list]);
    const named = settingNames.filter((name) => this.#of.has(fieldOf(name)));
    return {
      ...this.#spec,
      file: changed('file')[0] ?? this.#spec.file,
      ...Object.fromEntries(given.map((list) => [list, changed(list)])),
      ...(named.length > 0 && {
        conf: {
          ...this.#spec.conf,
          ...Object.fromEntries(named.map((name) => [name, changed(fieldOf(name)).join(',')])),
        },
      }),
    };
  }

  #take(field: string, kind: PathKind, paths: readonly string[]): void {
    this.#of.set(
      field,
      paths.map((given) => ({ field, kind, given })),
    );
  }
}

const fieldOf = (setting: Setting): string => `conf[${JSON.stringify(setting)}]`;

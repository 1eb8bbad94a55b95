/** Which Python runs jobs, and the oldest C library that its machines have. */
export interface ClusterPython {
  /** `3.9` */
  readonly version: string;
  /** `2.34` */
  readonly glibc: string;
}

/**
 * By EMR's major versions. Python: "Application versions in Amazon EMR 7.x (6.x, 5.x) releases" of the EMR Release
 * Guide, the first one named, which is what PySpark takes where nobody chose another. glibc: of the Amazon Linux that
 * the release runs on (AL2023: 2.34, AL2: 2.26), as Amazon Linux's release notes have it.
 */
const table: readonly { readonly from: readonly [major: number, minor: number]; readonly python: ClusterPython }[] = [
  { from: [7, 0], python: { version: '3.9', glibc: '2.34' } },
  { from: [6, 0], python: { version: '3.7', glibc: '2.26' } },
  { from: [5, 30], python: { version: '3.7', glibc: '2.26' } },
];
/** Releases of a later one may bring another Python: they are asked for, not guessed. */
const NEWEST_MAJOR = 7;

/** `undefined` for a release that is not in the table: `emr-spark-8.1.0`, those before 5.30. */
export function pythonOfRelease(label: string): ClusterPython | undefined {
  const [, major, minor] = /^emr-(\d+)\.(\d+)\.\d+$/.exec(label)?.map(Number) ?? [];
  if (major === undefined || minor === undefined || major > NEWEST_MAJOR) return undefined;
  return table.find(({ from }) => major === from[0] && minor >= from[1])?.python;
}

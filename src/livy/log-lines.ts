/** Livy's log, taken apart. */
export interface LogSections {
  /** spark-submit's output; a batch's stderr is merged into it. */
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  /** What YARN (or Kubernetes) says about the application: replaced as a whole, not a ring. */
  readonly diagnostics: readonly string[];
}

/**
 * Takes `log` apart at its headings: `"stdout: "` at the very start, `"\nstderr: "` and `"\nYARN Diagnostics: "` later.
 * A line of the job can hold no line feed, so it is never taken for one of the later headings.
 */
export function splitLog(log: readonly string[]): LogSections {
  const sections = { stdout: [] as string[], stderr: [] as string[], diagnostics: [] as string[] };
  let into = sections.stdout;
  log.forEach((line, i) => {
    if (i === 0 && line === 'stdout: ') return;
    const heading = line.startsWith('\n') ? /^\n(.+): $/.exec(line)?.[1] : undefined;
    if (heading === undefined) into.push(line);
    else into = heading === 'stderr' ? sections.stderr : sections.diagnostics;
  });
  return sections;
}

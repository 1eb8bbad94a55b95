/** One way in which a job ends, and what a careful reader would call it: set from the cause, before any rule has seen the log. */
export interface Scenario {
  readonly name: string;
  /** `null` for a job that succeeded, however loudly. */
  readonly code: string | null;
  /** Other codes that would be just as honest. */
  readonly also?: readonly string[];
  /** What was done, and by which way. */
  readonly how: string;
  /** The application and its arguments, as spark-submit gets them; files are looked up beside the jobs. */
  readonly run: readonly string[];
  readonly mode?: 'local' | 'local-cluster' | 'yarn-cluster' | 'yarn-client' | 'livy' | 'spark-sql' | 'plain';
  readonly spark?: '3.3' | '3.4' | '3.5';
  /** Placeholders: {work} {spark} {python} {bare} {old} {s3jars} {jar} {disk}. */
  readonly conf?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly flags?: readonly string[];
  /** For `livy`: the request. */
  readonly request?: Readonly<Record<string, unknown>>;
  readonly end?: End;
  /** An application that holds a queue before this one comes. */
  readonly occupant?: Neighbour;
  /** An application that comes when this one has so many containers. */
  readonly rival?: Neighbour;
  readonly needsS3?: boolean;
  readonly timeoutS?: number;
}

interface End {
  readonly by: 'SIGINT' | 'SIGTERM' | 'SIGKILL' | 'yarn';
  /** When spark-submit has written this, or the application has this state. */
  readonly after: string;
}

interface Neighbour {
  readonly conf: Readonly<Record<string, string>>;
  readonly containers: number;
}

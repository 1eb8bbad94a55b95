/** What a file in scripts/bench/rows exports, as `row`. */
export interface Row {
  /** Also its name on the command line and in docs/proof/bench.json. */
  readonly name: string;
  /** What a user wants to know; the heading of its section in docs/benchmarks.md. */
  readonly question: string;
  /** Where the row stands on the page. */
  readonly place: number;
  /** Measures. Throws only where it could not; an aim that was missed is a result too. */
  readonly run: (bench: Bench) => Promise<RowResult>;
}

/** What a row is given. */
export interface Bench {
  /**
   * The short form: a few seconds, on stand-ins alone, nothing fetched, no peer that has to be installed. Its figures say
   * nothing about speed; that they are there says that the row still works.
   */
  readonly short: boolean;
  /** A folder of this row's own, gone when it has ended. */
  readonly folder: string;
  readonly say: (line: string) => void;
}

/** What a row gives back: plain data, kept as it is. */
export interface RowResult {
  readonly measures: readonly Measure[];
  /** Of peers and servers: `{ pylivy: '0.8.0' }`. Node, the machine and the commit are noted by the frame. */
  readonly versions?: Readonly<Record<string, string>>;
  readonly aims?: readonly Aim[];
  /** How it was measured, and what the figures do not say: a paragraph each. */
  readonly notes?: readonly string[];
  /** Lines over something that grows; each measure has its own chart of bars besides. */
  readonly curves?: readonly Curve[];
}

/** One table: the same thing measured for each subject. */
export interface Measure {
  readonly title: string;
  /** `ms`, `reads/s`, `MB`, `requests`. */
  readonly unit: string;
  /** @defaultValue `less` */
  readonly better?: 'less' | 'more';
  readonly subjects: readonly Subject[];
  /** Name of the subject that the others are divided by, round by round where all have as many samples. */
  readonly against?: string;
  /** Whether it is drawn. @defaultValue `false` */
  readonly chart?: boolean;
}

/** Who was measured: livywire, a peer, the floor. */
export type Subject =
  | { readonly name: string; readonly samples: readonly number[]; readonly note?: string }
  | { readonly name: string; readonly cannot: string };

/** An aim of the issue, and whether it was reached. */
export interface Aim {
  readonly aim: string;
  /** What was measured, in words, with its unit. */
  readonly seen: string;
  readonly met: boolean;
}

export interface Curve {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  /** @defaultValue `linear` */
  readonly scale?: 'linear' | 'log' | 'log-log';
  readonly lines: readonly { readonly name: string; readonly points: readonly (readonly [x: number, y: number])[] }[];
}

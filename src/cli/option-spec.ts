/** One flag of a verb, as data. */
export interface OptionSpec {
  /** `list`: may be given several times. */
  readonly type: 'string' | 'boolean' | 'list';
  readonly describe: string;
  /** One letter. */
  readonly alias?: string;
  readonly choices?: readonly string[];
  /** The heading it stands under in the help text. */
  readonly group?: string;
  readonly hidden?: boolean;
  /** Given twice, the last one counts, as with spark-submit. Else two values that differ are a mistake. */
  readonly lastCounts?: boolean;
}
export type OptionTable = Readonly<Record<string, OptionSpec>>;

/** One thing that was looked at. */
export interface Finding {
  readonly check:
    | 'settings'
    | 'network'
    | 'ledger'
    | 'cluster'
    | 'livy'
    | 'auth'
    | 'csrf'
    | 'clock'
    | 'yarn'
    | 'node-manager'
    | 'history-server';
  /** `ok` · `note`: works, but worth knowing · `skipped`: could not be looked at, and a run needs it not · `problem`. */
  readonly level: 'ok' | 'note' | 'skipped' | 'problem';
  /** What was seen. */
  readonly seen: string;
  /** What to do next. There is one for each problem. */
  readonly next?: string;
  /** Of a problem: whether the caller has to act (settings, credentials) or a service is out of reach. */
  readonly fault?: 'caller' | 'service';
}

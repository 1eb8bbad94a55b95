import { plainLine, redactText } from '../core/index.js';

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
  /** A server behind Livy gave no answer: the way to it is what to look at. */
  readonly unreachable?: true;
}

/** A sentence that says what to do after its first semicolon, in two; `otherwise` where it says nothing of it. */
export function wordsOf(message: string, otherwise: string): { readonly seen: string; readonly next: string } {
  const text = plainLine(redactText(message));
  const cut = text.indexOf('; ');
  return cut < 0 ? { seen: text, next: otherwise } : { seen: text.slice(0, cut), next: text.slice(cut + 2) };
}

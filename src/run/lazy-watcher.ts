import type { Clock, Ledger } from '../core/index.js';
import type { Watcher, WatcherView } from './watcher-view.js';

/** The watcher of a ledger, whose code is read with the first question: who starts runs has none. */
export function watcherOf(ledger: Pick<Ledger, 'lastBeat'>, clock: Clock): Watcher {
  let opening: Promise<WatcherView> | undefined;
  return {
    async sees(name) {
      const open = (opening ??= import('./watcher-view.js').then(({ WatcherView: View }) => new View(ledger, clock)));
      return (await open).sees(name);
    },
  };
}

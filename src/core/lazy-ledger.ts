import type { Ledger, RunRecord, RunSummary } from './ledger-port.js';

/** A ledger whose code is loaded by the first call, once. A failed opening is tried again by the next call. */
export function lazyLedger(open: () => Promise<Required<Ledger>>): Required<Ledger> {
  let opening: Promise<Required<Ledger>> | undefined;
  const ledger = (): Promise<Required<Ledger>> =>
    (opening ??= open().catch((error: unknown) => {
      opening = undefined;
      throw error;
    }));
  return {
    namespace: async () => (await ledger()).namespace(),
    get: async (key) => (await ledger()).get(key),
    create: async (record) => (await ledger()).create(record),
    update: async (record, version) => (await ledger()).update(record, version),
    async *list(options): AsyncGenerator<RunRecord, void> {
      yield* (await ledger()).list(options);
    },
    async *summaries(options): AsyncGenerator<RunSummary, void> {
      yield* (await ledger()).summaries(options);
    },
    async *open(): AsyncGenerator<RunRecord, void> {
      yield* (await ledger()).open();
    },
    beat: async (beat) => (await ledger()).beat(beat),
    lastBeat: async () => (await ledger()).lastBeat(),
  };
}

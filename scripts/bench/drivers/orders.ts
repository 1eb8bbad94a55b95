/** What a driver is told, a line of JSON each, and what it answers. */
export type Order =
  /** Reads batch 7 for so long, so many at a time. */
  | { readonly do: 'reads'; readonly url: string; readonly inFlight: number; readonly ms: number }
  /** Reads so many times, however long that takes. */
  | { readonly do: 'read-count'; readonly url: string; readonly inFlight: number; readonly count: number }
  /** Starts a batch for each key, which is its argument: `key=<key>`. */
  | {
      readonly do: 'submits';
      readonly url: string;
      readonly inFlight: number;
      readonly keys: readonly string[];
      readonly file: string;
      /** For who keeps something. */
      readonly folder: string;
      /** Whether a request without a good answer is sent again, at most twice. */
      readonly again: boolean;
    }
  | { readonly do: 'memory' };

export interface Work {
  readonly done: number;
  readonly failed: number;
  readonly seconds: number;
  /** Of the client's process. */
  readonly cpuSeconds: number;
}

export interface Answer {
  readonly reads: Work;
  readonly 'read-count': Work;
  readonly submits: Work;
  /** After a collection where that can be asked for. */
  readonly memory: { readonly rssMB: number; readonly heapMB: number };
}

/** One client, of ours or of others. */
export interface Client {
  readonly read: () => Promise<unknown>;
  /** Rejects where it would tell its user of an error. */
  readonly submit?: (key: string) => Promise<unknown>;
}

export interface ClientPlaces {
  readonly url: string;
  /** The folder that it is installed in; of livywire and its axios, livywire's entrance. */
  readonly installed: string;
  /** What runs, and where it may keep something; of a driver that submits. */
  readonly file: string;
  readonly folder: string;
}

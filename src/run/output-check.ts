import { type Diagnosis, type OutputMarker, type RunRef, UnreachableError } from '../core/index.js';
import type { EngineDeps } from './deps.js';
import type { Hearing } from './hearing.js';
import type { Reading } from './reading.js';
import { attemptIn } from './records.js';
import { Spell } from './spell.js';

type Ended = Extract<Reading, { kind: 'ended' }>;
/** `unknown`: one is there, and nobody wrote down what was there before. */
type Comparison = 'written' | 'absent' | 'unchanged' | 'unknown';

const words: Readonly<Record<Comparison, string>> = {
  written: 'written by this attempt',
  absent: 'not there',
  unchanged: 'the one that was there before the job was sent',
  unknown: 'there, and what was there before is in no ledger',
};

/**
 * A run with an output has succeeded only when the `_SUCCESS` under it is another one than before its request. A marker
 * that cannot be read makes neither a success nor a failure: it is asked for again, for as long as a silent server is.
 */
export class OutputCheck {
  readonly #deps: EngineDeps;
  readonly #hearing: Hearing;
  /** It was looked for, and is not there. */
  readonly #missing: Spell;
  readonly #unreadable: Spell;

  constructor(deps: EngineDeps, hearing: Hearing) {
    this.#deps = deps;
    this.#hearing = hearing;
    this.#missing = new Spell(deps.clock);
    this.#unreadable = new Spell(deps.clock);
  }

  /** @throws UnreachableError when it could not be read for as long as an outage may last */
  async judge(reading: Reading, ref: RunRef, signal?: AbortSignal): Promise<Reading> {
    const { markers, waits } = this.#deps;
    if (reading.kind !== 'ended' || reading.status.state !== 'succeeded' || ref.output === undefined) return reading;
    const marker = markers.markerOf(ref.output);
    const told = await this.#hearing.ask(
      {
        source: markers.source(ref.output),
        asked: marker,
        ask: () => this.#compare(ref, signal),
        inShort: (comparison) => words[comparison],
      },
      signal,
    );
    if ('problem' in told) {
      this.#unreadable.goOn();
      if (this.#unreadable.isLonger(waits.outageMs)) {
        throw new UnreachableError(
          `Run ${ref.key} ended as ${reading.status.raw}, and whether it wrote its output cannot be told: ${told.problem}`,
          'maybe',
        );
      }
      return unproven(reading, `its output cannot be checked: ${told.problem}`);
    }
    this.#unreadable.end();
    switch (told.answer) {
      case 'written':
        return reading;
      case 'unknown':
        return { kind: 'lost' };
      case 'absent':
      case 'unchanged':
        this.#missing.goOn();
        if (!this.#missing.isLonger(waits.markerGraceMs)) {
          return unproven(reading, `${marker} is ${words[told.answer]}`);
        }
        return {
          ...reading,
          status: { ...reading.status, state: 'failed' },
          diagnosis: missing(marker, words[told.answer]),
        };
    }
  }

  async #compare(ref: RunRef, signal: AbortSignal | undefined): Promise<Comparison> {
    const { ledger, markers } = this.#deps;
    const now = await markers.read(ref.output ?? '', signal && { signal });
    if (now.kind === 'absent') return 'absent';
    const entry = await ledger.get(ref.key);
    const before: OutputMarker | undefined = entry && attemptIn(entry.record.attempts, ref)?.output?.before;
    if (!before) return 'unknown';
    return before.kind === 'present' && before.version === now.version ? 'unchanged' : 'written';
  }
}

/** Over, and not known how: it is waited on. */
const unproven = ({ status }: Ended, why: string): Reading => ({
  kind: 'going',
  status: { ...status, state: 'unknown', unclear: `it ended as ${status.raw}, and ${why}` },
});

const missing = (marker: string, seen: string): Diagnosis => ({
  code: 'OUTPUT_MARKER_MISSING',
  title: `the application ended in success, and ${marker} is ${seen}`,
  transient: false,
  lines: [],
  next: [
    'check that the job writes to the folder that --output (library: output) names, and that it is the same file system from here',
    'Delta and Iceberg tables have no _SUCCESS, nor has a job with spark.hadoop.mapreduce.fileoutputcommitter.marksuccessfuljobs=false: name no output for those',
  ],
});

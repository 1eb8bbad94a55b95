/** What a file in scripts/proofs exports, as `proof`. */
export interface Proof {
  /** Also the name of its result: docs/proof/<name>.json. */
  readonly name: string;
  /** What it sets out to show, as one sentence. */
  readonly claim: string;
  /** Measures. Throws only when it could not; an aim that was not reached is a result too. */
  run(say: (line: string) => void): Promise<ProofResult>;
}

export interface ProofResult {
  /** What was measured, units in the names. */
  readonly figures: unknown;
  /** The aims that were not reached, in words; empty when the claim holds. */
  readonly missed: readonly string[];
}

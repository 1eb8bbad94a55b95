/** What the tests of one run have in common, from the environment. */
import process from 'node:process';
import { type KeyPlan, plansOf } from './plan.js';

// CHAOS_SEED=… runs the same plans again, CHAOS_KEYS=… fewer or more of them, CHAOS_ONLY=7,31 those alone.
// CHAOS_SETTLE_MS=0 plants a mistake, to see it found and shrunk.
// One seed by itself, so that a red run is the change's doing; the proof takes ever new ones. In the first 200 plans of
// this one everything happens that can.
export const seed = Number(process.env.CHAOS_SEED ?? 1010);
const keys = Number(process.env.CHAOS_KEYS ?? 200);
const settleMs = process.env.CHAOS_SETTLE_MS;

export const only = process.env.CHAOS_ONLY?.split(',').map(Number);
export const plans: readonly KeyPlan[] = plansOf(seed, keys).filter((_, index) => only?.includes(index) ?? true);
export const waits = settleMs === undefined ? {} : { settleMs: Number(settleMs) };

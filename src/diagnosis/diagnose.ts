import type { Diagnosis } from '../core/index.js';
import type { Facts, Rule } from './rule.js';
import { pythonException } from './rules/python-exception.js';
import { unknown } from './unknown.js';

/** Asked in this order; the first that can tell has the word. */
const rules: readonly Rule[] = [pythonException];

/** Why a run failed. Always an answer: `UNKNOWN` shows the most telling lines. */
export function diagnose(facts: Facts): Diagnosis {
  for (const rule of rules) {
    const diagnosis = rule(facts);
    if (diagnosis) return diagnosis;
  }
  return unknown(facts);
}

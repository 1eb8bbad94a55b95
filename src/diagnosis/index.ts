/**
 * From logs and facts to a reason.
 * @module
 */
export { diagnose } from './diagnose.js';
export type { Facts, Rule } from './rule.js';
